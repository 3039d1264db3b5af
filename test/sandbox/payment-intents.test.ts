import assert from 'node:assert/strict'
import { test } from 'node:test'
import Stripe from 'stripe'
import { paid } from './support/control.ts'
import { openFor } from './support/open.ts'
import { rejection } from './support/rejection.ts'

test('the official SDK creates, confirms and reads a payment', async (t) => {
  const { stripe } = await openFor(t)
  const created = await stripe.paymentIntents.create({
    amount: 1999,
    currency: 'EUR',
    allowed_payment_method_types: ['card'],
    metadata: { order: '7' },
    description: 'Two shirts',
  })
  assert.equal(created.status, 'requires_payment_method')
  assert.equal(created.currency, 'eur')
  assert.match(created.client_secret ?? '', new RegExp(`^${created.id}_secret_`))
  const confirmed = await stripe.paymentIntents.confirm(created.id, {
    payment_method: 'pm_card_mastercard',
    expand: ['latest_charge', 'payment_method'],
  })
  assert.equal(confirmed.status, 'succeeded')
  assert.equal(confirmed.amount_received, 1999)
  const charge = confirmed.latest_charge as Stripe.Charge
  assert.equal(charge.payment_method_details?.card?.brand, 'mastercard')
  assert.deepEqual(charge.metadata, { order: '7' })
  assert.equal((confirmed.payment_method as Stripe.PaymentMethod).card?.last4, '4444')
  const read = await stripe.paymentIntents.retrieve(created.id)
  assert.equal(read.description, 'Two shirts')
  assert.equal(read.latest_charge, charge.id)
  assert.match(read.lastResponse.requestId, /^req_/)
})

test('a declined card leaves the payment open, and the error carries it', async (t) => {
  const { stripe } = await openFor(t)
  const error = await rejection(
    stripe.paymentIntents.create({ ...paid, payment_method: 'pm_card_chargeDeclined' }),
  )
  assert.ok(error instanceof Stripe.errors.StripeCardError)
  assert.equal(error.statusCode, 402)
  assert.equal(error.code, 'card_declined')
  assert.equal(error.decline_code, 'generic_decline')
  assert.equal(error.payment_intent?.status, 'requires_payment_method')
  const open = await stripe.paymentIntents.retrieve(error.payment_intent?.id ?? '')
  assert.equal(open.last_payment_error?.decline_code, 'generic_decline')
  assert.equal(open.payment_method, null)
  const again = await stripe.paymentIntents.confirm(open.id, { payment_method: 'pm_card_visa' })
  assert.equal(again.status, 'succeeded')
  assert.equal(again.last_payment_error, null)
  const charges = await stripe.charges.list({ payment_intent: open.id })
  assert.deepEqual(
    charges.data.map(({ status }) => status),
    ['succeeded', 'failed'],
  )
})

test('a hold is captured once, never beyond what is held, and the rest is let go', async (t) => {
  const { stripe, control } = await openFor(t)
  const held = await stripe.paymentIntents.create({ ...paid, capture_method: 'manual' })
  assert.equal(held.status, 'requires_capture')
  assert.equal(held.amount_capturable, 1000)
  const over = await rejection(stripe.paymentIntents.capture(held.id, { amount_to_capture: 1001 }))
  assert.equal(over.code, 'amount_too_large')
  assert.equal(over.param, 'amount_to_capture')
  const part = await stripe.paymentIntents.capture(held.id, {
    amount_to_capture: 600,
    expand: ['latest_charge'],
  })
  assert.equal(part.amount_received, 600)
  const charge = part.latest_charge as Stripe.Charge
  assert.deepEqual([charge.amount_captured, charge.amount_refunded], [600, 400])
  const again = await rejection(stripe.paymentIntents.capture(held.id))
  assert.equal(again.code, 'payment_intent_unexpected_state')
  assert.equal(again.payment_intent?.status, 'succeeded')
  assert.equal((await control.effects()).refunds?.length, 0)
})

test('a canceled payment stays canceled, and its hold is gone', async (t) => {
  const { stripe } = await openFor(t)
  const held = await stripe.paymentIntents.create({ ...paid, capture_method: 'manual' })
  const canceled = await stripe.paymentIntents.cancel(held.id, {
    cancellation_reason: 'requested_by_customer',
    expand: ['latest_charge'],
  })
  assert.equal(canceled.status, 'canceled')
  assert.equal(canceled.cancellation_reason, 'requested_by_customer')
  assert.equal((canceled.latest_charge as Stripe.Charge).refunded, true)
  const error = await rejection(stripe.paymentIntents.confirm(held.id))
  assert.equal(error.code, 'payment_intent_unexpected_state')
})

test('an authorization ends by itself after seven days', async (t) => {
  const { stripe, control } = await openFor(t)
  const held = await stripe.paymentIntents.create({ ...paid, capture_method: 'manual' })
  await control.advance(7 * 24 * 3600 - 60)
  assert.equal((await stripe.paymentIntents.retrieve(held.id)).status, 'requires_capture')
  await control.advance(120)
  const expired = await stripe.paymentIntents.retrieve(held.id)
  assert.equal(expired.status, 'canceled')
  assert.equal(expired.cancellation_reason, 'automatic')
})

test('an intent is changed before it is paid, and only its metadata after', async (t) => {
  const { stripe } = await openFor(t)
  const intent = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' })
  const updated = await stripe.paymentIntents.update(intent.id, {
    amount: 700,
    payment_method: 'pm_card_visa',
    metadata: { a: '1', b: '2' },
  })
  assert.equal(updated.amount, 700)
  assert.equal(updated.status, 'requires_confirmation')
  const returnUrl = { return_url: 'https://shop.example/done' }
  assert.equal((await stripe.paymentIntents.confirm(intent.id, returnUrl)).status, 'succeeded')
  const later = await stripe.paymentIntents.update(intent.id, { metadata: { a: '', c: '3' } })
  assert.deepEqual(later.metadata, { b: '2', c: '3' })
  const error = await rejection(stripe.paymentIntents.update(intent.id, { amount: 900 }))
  assert.equal(error.code, 'payment_intent_unexpected_state')
})

test('amounts follow the rules of their currency', async (t) => {
  const { stripe } = await openFor(t)
  const create = (amount: number, currency: string) =>
    stripe.paymentIntents.create({ amount, currency, allowed_payment_method_types: ['card'] })
  assert.equal((await create(500, 'jpy')).amount, 500)
  assert.equal((await create(5120, 'kwd')).amount, 5120)
  assert.equal((await create(5100, 'isk')).amount, 5100)
  const refusals: [number, string, string][] = [
    [49, 'usd', 'amount_too_small'],
    [100_000_000, 'usd', 'amount_too_large'],
    [5125, 'kwd', 'parameter_invalid_integer'],
    [5125, 'ugx', 'parameter_invalid_integer'],
    [0, 'usd', 'parameter_invalid_integer'],
  ]
  for (const [amount, currency, code] of refusals) {
    const error = await rejection(create(amount, currency))
    assert.deepEqual([error.code, error.param, error.statusCode], [code, 'amount', 400])
  }
  assert.equal((await rejection(create(500, 'xyz'))).param, 'currency')
})

test('the name of a parameter depends on the version of the API', async (t) => {
  const { stripe } = await openFor(t)
  const old = { amount: 100, currency: 'usd', payment_method_types: ['card'] }
  const error = await rejection(stripe.paymentIntents.create(old))
  assert.match(error.message, /Did you mean allowed_payment_method_types/)
  const intent = await stripe.paymentIntents.create(old, { apiVersion: '2025-01-27.acacia' })
  assert.equal(intent.lastResponse.apiVersion, '2025-01-27.acacia')
})

test('what is wrong with a request is named', async (t) => {
  const { stripe } = await openFor(t)
  const create = (params: object) =>
    rejection(stripe.paymentIntents.create(params as Stripe.PaymentIntentCreateParams))
  assert.equal((await create({ amount: 100 })).code, 'parameter_missing')
  assert.equal((await create({ currency: 'usd' })).param, 'amount')
  assert.equal((await create({ ...paid, amount: 10.5 })).code, 'parameter_invalid_integer')
  const unknown = await create({ ...paid, ammount: 1 })
  assert.deepEqual([unknown.code, unknown.param], ['parameter_unknown', 'ammount'])
  const nested = await create({
    ...paid,
    payment_method: undefined,
    payment_method_data: { type: 'card', card: { number: '4242424242424241' } },
  })
  assert.equal(nested.code, 'incorrect_number')
  const missing = await rejection(stripe.paymentIntents.retrieve('pi_none'))
  assert.deepEqual([missing.statusCode, missing.code], [404, 'resource_missing'])
  const noUrl = await create({ ...paid, allowed_payment_method_types: undefined })
  assert.equal(noUrl.param, 'return_url')
  const bad = await create({ ...paid, expand: ['nothing'] })
  assert.equal(bad.param, 'expand')
})

test('lists are read in pages, forwards and backwards', async (t) => {
  const { stripe } = await openFor(t)
  const ids: string[] = []
  for (let index = 0; index < 25; index++)
    ids.unshift((await stripe.paymentIntents.create(paid)).id)
  const all: string[] = []
  for await (const intent of stripe.paymentIntents.list({ limit: 10 })) all.push(intent.id)
  assert.deepEqual(all, ids)
  const [, , third = '', fourth = ''] = ids
  const before = await stripe.paymentIntents.list({ ending_before: fourth, limit: 2 })
  assert.deepEqual(
    before.data.map(({ id }) => id),
    ids.slice(1, 3),
  )
  assert.equal(before.has_more, true)
  const after = await stripe.paymentIntents.list({
    starting_after: third,
    limit: 1,
    expand: ['data.latest_charge.payment_method'],
  })
  const [next] = after.data
  assert.ok(next)
  assert.equal(next.id, fourth)
  const { payment_method: method } = next.latest_charge as Stripe.Charge
  assert.equal((method as unknown as Stripe.PaymentMethod).object, 'payment_method')
  const future = Math.floor(Date.now() / 1000) + 60
  const none = await stripe.paymentIntents.list({ created: { gte: future } })
  assert.equal(none.data.length, 0)
  const some = await stripe.paymentIntents.list({ created: { lt: future }, limit: 100 })
  assert.equal(some.data.length, 25)
})

test('search finds by metadata, and lags up to a minute', async (t) => {
  const { stripe, control } = await openFor(t)
  for (let index = 0; index < 20; index++)
    await stripe.paymentIntents.create({ ...paid, metadata: { order: String(index % 2) } })
  const query = `metadata['order']:'1' AND status:"succeeded" AND amount>=1000`
  const early = await stripe.paymentIntents.search({ query, limit: 100 })
  assert.ok(early.data.length < 10, 'search showed everything at once')
  await control.advance(61)
  const late = await stripe.paymentIntents.search({ query, limit: 6 })
  assert.equal(late.data.length, 6)
  const rest = await stripe.paymentIntents.search({ query, limit: 6, page: late.next_page ?? '' })
  assert.deepEqual([rest.data.length, rest.has_more], [4, false])
  const not = await stripe.paymentIntents.search({ query: `-metadata['order']:'1'`, limit: 100 })
  assert.equal(not.data.length, 10)
  const error = await rejection(stripe.paymentIntents.search({ query: 'colour:"red"' }))
  assert.equal(error.param, 'query')
})
