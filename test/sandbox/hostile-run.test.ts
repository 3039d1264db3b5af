import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import Stripe from 'stripe'
import { createChance } from '../../sandbox/chance.ts'
import { faultModes } from '../../sandbox/faults/modes.ts'
import { connect } from './support/connect.ts'
import { paid } from './support/control.ts'
import { openFor } from './support/open.ts'

const SEED = 20261121
const PAYMENT_COUNT = 60
const TRY_COUNT_MAX = 40
const BACKOFF_MS = 25

test('whatever goes wrong, a client that repeats its key pays once', async (t) => {
  t.diagnostic(`seed ${SEED}`)
  const { sandbox, control } = await openFor(t, { seed: SEED })
  const stripe = connect(sandbox.address, { timeout: 100 })
  const chance = createChance(SEED)
  const operation = 'payment_intents.create'
  const failed = new Set<string>()
  for (let order = 0; order < PAYMENT_COUNT; order++) {
    const mode = faultModes[order % faultModes.length] ?? 'reset'
    await control.faults({
      operation,
      mode,
      delay_ms: 150,
      times: chance.between('times', order, 1, 2),
    })
    const key = `order-${order}`
    for (let tries = 0; tries < TRY_COUNT_MAX; tries++) {
      const call = stripe.paymentIntents.create(
        { ...paid, metadata: { key } },
        { idempotencyKey: key },
      )
      const error = await call.then(
        () => undefined,
        (reason: unknown) => reason,
      )
      if (error === undefined) break
      // A stored 500 will be 500 for ever: whether money moved is for a read to tell.
      if (error instanceof Stripe.errors.StripeAPIError && error.statusCode === 500) {
        failed.add(key)
        break
      }
      // The first try still runs: a client comes back later.
      if ((error as Stripe.errors.StripeError).statusCode === 409) await setTimeout(BACKOFF_MS)
      assert.ok(tries < TRY_COUNT_MAX - 1, `${mode} never let ${key} through`)
    }
    await control.call('DELETE', 'faults')
  }
  const { charges = [] } = await control.effects()
  const keys = charges.map(({ metadata }) => (metadata as { key: string }).key)
  assert.equal(new Set(keys).size, keys.length)
  const unpaid = Array.from({ length: PAYMENT_COUNT }, (_, order) => `order-${order}`).filter(
    (key) => !keys.includes(key),
  )
  assert.ok(unpaid.every((key) => failed.has(key)))
  assert.ok(failed.size > unpaid.length, 'no 500 came after an effect')
})
