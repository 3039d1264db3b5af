import assert from 'node:assert/strict'
import { test } from 'node:test'
import Stripe from 'stripe'
import { paid } from './support/control.ts'
import { openFor } from './support/open.ts'
import { rejection } from './support/rejection.ts'

test('a repeat of the key gets the first answer, byte for byte, and has no effect', async (t) => {
  const { sandbox, control } = await openFor(t)
  const send = async () => {
    const response = await fetch(`${sandbox.address}/v1/payment_intents`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_x', 'idempotency-key': 'order-7' },
      body: 'amount=1000&currency=usd&confirm=true&payment_method=pm_card_visa&allowed_payment_method_types[]=card&expand[]=latest_charge',
    })
    return { text: await response.text(), headers: response.headers, status: response.status }
  }
  const first = await send()
  const second = await send()
  assert.equal(first.status, 200)
  assert.equal(first.headers.get('idempotent-replayed'), null)
  assert.equal(second.text, first.text)
  assert.equal(second.headers.get('idempotent-replayed'), 'true')
  assert.equal(second.headers.get('original-request'), first.headers.get('request-id'))
  assert.equal((await control.effects()).charges?.length, 1)
})

test('a decline is an answer too', async (t) => {
  const { stripe } = await openFor(t)
  const create = () =>
    rejection(
      stripe.paymentIntents.create(
        { ...paid, payment_method: 'pm_card_chargeDeclinedInsufficientFunds' },
        { idempotencyKey: 'declined' },
      ),
    )
  const first = await create()
  const second = await create()
  assert.equal(second.decline_code, 'insufficient_funds')
  assert.equal(second.payment_intent?.id, first.payment_intent?.id)
  assert.equal((await stripe.charges.list()).data.length, 1)
})

test('other parameters or another path under a key are refused', async (t) => {
  const { stripe, control } = await openFor(t)
  const key = { idempotencyKey: 'one' }
  const intent = await stripe.paymentIntents.create(paid, key)
  const other = await rejection(stripe.paymentIntents.create({ ...paid, amount: 2000 }, key))
  assert.ok(other instanceof Stripe.errors.StripeIdempotencyError)
  assert.equal(other.statusCode, 400)
  const elsewhere = await rejection(stripe.refunds.create({ payment_intent: intent.id }, key))
  assert.ok(elsewhere instanceof Stripe.errors.StripeIdempotencyError)
  const { charges, refunds } = await control.effects()
  assert.deepEqual([charges?.length, refunds?.length], [1, 0])
})

test('nothing is stored when the parameters are wrong', async (t) => {
  const { stripe } = await openFor(t)
  const key = { idempotencyKey: 'fixed-later' }
  await rejection(stripe.paymentIntents.create({ ...paid, amount: 1 }, key))
  assert.equal((await stripe.paymentIntents.create(paid, key)).status, 'succeeded')
})

test('fifty calls at once under one key have one effect', async (t) => {
  const { stripe, control } = await openFor(t)
  const calls = Array.from({ length: 50 }, () =>
    stripe.paymentIntents.create(paid, { idempotencyKey: 'crowd' }).then(
      ({ id }) => id,
      (error: Stripe.errors.StripeError) => error.code,
    ),
  )
  const outcomes = new Set(await Promise.all(calls))
  outcomes.delete('idempotency_key_in_use')
  assert.equal(outcomes.size, 1)
  assert.equal((await control.effects()).charges?.length, 1)
})

test('a repeat while the first still runs is told so, and later gets its answer', async (t) => {
  const { stripe, control } = await openFor(t)
  await control.faults({ operation: 'payment_intents.create', mode: 'slow', delay_ms: 300 })
  const key = { idempotencyKey: 'slow-one' }
  const first = stripe.paymentIntents.create(paid, key)
  // The fault counts as fired once the first call is inside.
  while ((await control.firedFaults())[0]?.fired === 0);
  const during = await rejection(stripe.paymentIntents.create(paid, key))
  assert.deepEqual([during.statusCode, during.code], [409, 'idempotency_key_in_use'])
  const { id } = await first
  assert.equal((await stripe.paymentIntents.create(paid, key)).id, id)
})

test('a key is forgotten after a day of the test clock', async (t) => {
  const { stripe, control } = await openFor(t)
  const key = { idempotencyKey: 'daily' }
  const { id } = await stripe.paymentIntents.create(paid, key)
  await control.advance(24 * 3600 - 60)
  assert.equal((await stripe.paymentIntents.create(paid, key)).id, id)
  await control.advance(120)
  assert.notEqual((await stripe.paymentIntents.create(paid, key)).id, id)
})

test('a key of more than 255 characters is refused', async (t) => {
  const { stripe } = await openFor(t)
  const error = await rejection(
    stripe.paymentIntents.create(paid, { idempotencyKey: 'x'.repeat(256) }),
  )
  assert.equal(error.statusCode, 400)
})
