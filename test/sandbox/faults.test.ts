import assert from 'node:assert/strict'
import { test } from 'node:test'
import Stripe from 'stripe'
import { faultModes } from '../../sandbox/faults/modes.ts'
import { eventually } from '../support/eventually.ts'
import { connect } from './support/connect.ts'
import { paid } from './support/control.ts'
import { openFor } from './support/open.ts'
import { rejection } from './support/rejection.ts'

const CREATE = 'payment_intents.create'
const SHORT_MS = 300

test('timeout_before: no answer and no effect, and a repeat runs', async (t) => {
  const { sandbox, control } = await openFor(t)
  const stripe = connect(sandbox.address, { timeout: SHORT_MS })
  await control.faults({ operation: CREATE, mode: 'timeout_before' })
  const error = await rejection(stripe.paymentIntents.create(paid, { idempotencyKey: 'a' }))
  assert.ok(error instanceof Stripe.errors.StripeConnectionError)
  assert.equal((await control.effects()).charges?.length, 0)
  await stripe.paymentIntents.create(paid, { idempotencyKey: 'a' })
  assert.equal((await control.effects()).charges?.length, 1)
})

test('timeout_after: the effect is there, and a repeat of the key gets the stored answer', async (t) => {
  const { sandbox, control } = await openFor(t)
  const stripe = connect(sandbox.address, { timeout: SHORT_MS })
  await control.faults({ operation: CREATE, mode: 'timeout_after' })
  await rejection(stripe.paymentIntents.create(paid, { idempotencyKey: 'a' }))
  const { charges } = await control.effects()
  const intent = await stripe.paymentIntents.create(paid, { idempotencyKey: 'a' })
  assert.equal(intent.id, charges?.[0]?.payment_intent)
  assert.equal((await control.effects()).charges?.length, 1)
})

test('error_before and error_after look alike, and a repeat of the key never tells', async (t) => {
  const { stripe, control } = await openFor(t)
  for (const [index, mode] of ['error_before', 'error_after'].entries()) {
    await control.faults({ operation: CREATE, mode })
    for (let time = 0; time < 2; time++) {
      const error = await rejection(stripe.paymentIntents.create(paid, { idempotencyKey: mode }))
      assert.ok(error instanceof Stripe.errors.StripeAPIError)
      assert.equal(error.statusCode, 500)
      assert.equal(error.headers?.['idempotent-replayed'], time === 0 ? undefined : 'true')
    }
    assert.equal((await control.effects()).charges?.length, index)
  }
})

test('rate_limit: 429, nothing happens, nothing is stored', async (t) => {
  const { stripe, control } = await openFor(t)
  await control.faults({ operation: '*', mode: 'rate_limit', times: 2 })
  for (let time = 0; time < 2; time++) {
    const error = await rejection(stripe.paymentIntents.create(paid, { idempotencyKey: 'a' }))
    assert.ok(error instanceof Stripe.errors.StripeRateLimitError)
    assert.equal(error.headers?.['retry-after'], '1')
  }
  await stripe.paymentIntents.create(paid, { idempotencyKey: 'a' })
  assert.equal((await control.effects()).charges?.length, 1)
})

test('key_in_use and unavailable: 409 and 503, nothing happens, nothing is stored', async (t) => {
  const { stripe, control } = await openFor(t)
  for (const [mode, status] of [
    ['key_in_use', 409],
    ['unavailable', 503],
  ] as const) {
    await control.faults({ operation: '*', mode })
    const error = await rejection(stripe.paymentIntents.create(paid, { idempotencyKey: mode }))
    assert.ok(error instanceof Stripe.errors.StripeError)
    assert.equal(error.statusCode, status)
    assert.equal(error.code, status === 409 ? 'idempotency_key_in_use' : undefined)
    await stripe.paymentIntents.create(paid, { idempotencyKey: mode })
  }
  assert.equal((await control.effects()).charges?.length, 2)
})

test('reset: the connection breaks, sometimes before the effect and sometimes after', async (t) => {
  const { sandbox, control } = await openFor(t, { seed: 3 })
  // The SDK sends a call again by itself when its connection was closed, whatever it was told about retries.
  const send = () =>
    fetch(`${sandbox.address}/v1/payment_intents`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_x' },
      body: 'amount=1000&currency=usd&confirm=true&payment_method=pm_card_visa&allowed_payment_method_types[]=card',
    })
  await control.faults({ operation: CREATE, mode: 'reset', times: 20 })
  for (let time = 0; time < 20; time++) await assert.rejects(send())
  const count = (await control.effects()).charges?.length ?? 0
  assert.ok(count > 3 && count < 17, `${count} of 20 had an effect`)
})

test('slow: the answer takes its time, and nobody else waits for it', async (t) => {
  const { stripe, control } = await openFor(t)
  await control.faults({ operation: CREATE, mode: 'slow', delay_ms: 200 })
  const order: string[] = []
  const slow = stripe.paymentIntents.create(paid).then(() => order.push('slow'))
  while ((await control.firedFaults())[0]?.fired === 0);
  await stripe.paymentIntents.create(paid)
  order.push('next')
  await slow
  assert.deepEqual(order, ['next', 'slow'])
})

test('truncated and html: the effect is there, the answer cannot be read', async (t) => {
  const { stripe, control } = await openFor(t)
  for (const [index, mode] of ['truncated', 'html'].entries()) {
    await control.faults({ operation: CREATE, mode })
    await rejection(stripe.paymentIntents.create(paid, { idempotencyKey: mode }))
    assert.equal((await control.effects()).charges?.length, index + 1)
    const again = await stripe.paymentIntents.create(paid, { idempotencyKey: mode })
    assert.equal(again.status, 'succeeded')
  }
})

test('wrong_amount: the answer lies, the effect and the stored answer do not', async (t) => {
  const { stripe, control } = await openFor(t)
  await control.faults({ operation: CREATE, mode: 'wrong_amount' })
  const key = { idempotencyKey: 'a' }
  const lie = await stripe.paymentIntents.create(paid, key)
  assert.deepEqual([lie.amount, lie.amount_received], [1001, 1001])
  assert.equal((await stripe.paymentIntents.create(paid, key)).amount, 1000)
  assert.equal((await control.effects()).charges?.[0]?.amount, 1000)
})

test('stale_read: what was just written is not seen yet', async (t) => {
  const { stripe, control } = await openFor(t)
  const intent = await stripe.paymentIntents.create({ ...paid, confirm: false })
  await control.advance(600)
  await stripe.paymentIntents.confirm(intent.id)
  await control.faults({ operation: 'payment_intents.retrieve', mode: 'stale_read', times: 2 })
  await control.faults({ operation: 'payment_intents.list', mode: 'stale_read' })
  const stale = await stripe.paymentIntents.retrieve(intent.id)
  assert.equal(stale.status, 'requires_confirmation')
  const { id } = await stripe.paymentIntents.create(paid)
  const missing = await rejection(stripe.paymentIntents.retrieve(id))
  assert.equal(missing.code, 'resource_missing')
  assert.equal((await stripe.paymentIntents.list()).data.length, 1)
  assert.equal((await stripe.paymentIntents.list()).data.length, 2)
})

test('effect_late: no answer, and the effect comes when nobody expects it any more', async (t) => {
  const { sandbox, stripe, control } = await openFor(t)
  const intent = await stripe.paymentIntents.create({ ...paid, confirm: false })
  await control.faults({
    operation: 'payment_intents.confirm',
    mode: 'effect_late',
    delay_ms: 2 * SHORT_MS,
  })
  const impatient = connect(sandbox.address, { timeout: SHORT_MS })
  const key = { idempotencyKey: 'late' }
  await rejection(impatient.paymentIntents.confirm(intent.id, {}, key))
  assert.equal((await control.effects()).charges?.length, 0)
  const during = await rejection(stripe.paymentIntents.confirm(intent.id, {}, key))
  assert.equal(during.code, 'idempotency_key_in_use')
  await eventually(
    () => control.effects(),
    ({ charges }) => charges?.length === 1,
    5000,
  )
  const replayed = await stripe.paymentIntents.confirm(intent.id, {}, key)
  assert.equal(replayed.status, 'succeeded')
})

test('every mode is counted, and can be disarmed', async (t) => {
  const { stripe, control } = await openFor(t)
  for (const mode of faultModes)
    await control.faults({ operation: 'refunds.create', mode, times: 2, delay_ms: 1 })
  await control.faults({ operation: '*', mode: 'rate_limit', times: 1 })
  await rejection(stripe.paymentIntents.create(paid))
  const listed = await control.firedFaults()
  assert.deepEqual(listed.at(-1), {
    operation: '*',
    mode: 'rate_limit',
    times: 1,
    delay_ms: 0,
    armed: 0,
    fired: 1,
  })
  assert.equal(listed.length, faultModes.length + 1)
  await control.call('DELETE', 'faults')
  assert.equal((await control.firedFaults()).length, 0)
})

test('an unknown operation, mode or field is refused by name, with what is allowed', async (t) => {
  const { control } = await openFor(t)
  const arm = async (fault: object) => {
    const { status, body } = await control.call('POST', 'faults', fault)
    assert.equal(status, 400)
    return body.error as { field: string; allowed?: string[] }
  }
  const mode = await arm({ operation: CREATE, mode: 'explode' })
  assert.deepEqual([mode.field, mode.allowed], ['mode', [...faultModes]])
  const operation = await arm({ operation: 'payment_intents.destroy', mode: 'html' })
  assert.equal(operation.field, 'operation')
  assert.ok(operation.allowed?.includes(CREATE) && operation.allowed.includes('*'))
  assert.equal((await arm({ operation: CREATE, mode: 'html', times: 0 })).field, 'times')
  assert.equal((await arm({ operation: CREATE, mode: 'html', often: 1 })).field, 'often')
  assert.equal((await control.call('GET', 'nothing')).status, 404)
})
