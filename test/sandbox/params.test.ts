import assert from 'node:assert/strict'
import { test } from 'node:test'
import type Stripe from 'stripe'
import { paid } from './support/control.ts'
import { openFor } from './support/open.ts'
import { rejection } from './support/rejection.ts'

test('a token, nested method data and billing details make a card', async (t) => {
  const { stripe } = await openFor(t)
  const intent = await stripe.paymentIntents.create({
    amount: 1000,
    currency: 'usd',
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    payment_method_data: {
      type: 'card',
      billing_details: { email: 'jo@shop.example', address: { city: 'Riga' } },
      card: { token: 'tok_mastercard' },
    } as unknown as Stripe.PaymentIntentCreateParams.PaymentMethodData,
    expand: ['payment_method'],
  })
  const method = intent.payment_method as Stripe.PaymentMethod
  assert.equal(method.card?.brand, 'mastercard')
  assert.deepEqual(
    [method.billing_details.email, method.billing_details.address?.city],
    ['jo@shop.example', 'Riga'],
  )
  assert.deepEqual(intent.automatic_payment_methods, { allow_redirects: 'never', enabled: true })
})

test('a charge is described after it was made', async (t) => {
  const { stripe } = await openFor(t)
  const { latest_charge: id } = await stripe.paymentIntents.create(paid)
  const charge = await stripe.charges.update(String(id), {
    description: 'Two shirts',
    metadata: { order: '7' },
  })
  assert.deepEqual([charge.description, charge.metadata.order], ['Two shirts', '7'])
})

test('an intent waits for a method before it can be confirmed', async (t) => {
  const { stripe } = await openFor(t)
  const { id } = await stripe.paymentIntents.create({ ...bare, amount: 500 })
  const error = await rejection(stripe.paymentIntents.confirm(id))
  assert.equal(error.code, 'payment_intent_unexpected_state')
  assert.equal((await stripe.paymentIntents.cancel(id)).status, 'canceled')
})

test('parameters of the wrong kind are refused by name', async (t) => {
  const { stripe, sandbox } = await openFor(t)
  const create = async (params: object) => {
    const wrong = { ...bare, ...params } as Stripe.PaymentIntentCreateParams
    return (await rejection(stripe.paymentIntents.create(wrong))).param
  }
  assert.equal(await create({ confirm: 'maybe' }), 'confirm')
  assert.equal(await create({ capture_method: 'later' }), 'capture_method')
  assert.equal(await create({ automatic_payment_methods: 'x' }), 'automatic_payment_methods')
  assert.equal(await create({ allowed_payment_method_types: 'card' }), typesName)
  assert.equal(await create({ allowed_payment_method_types: ['ideal'] }), typesName)
  assert.equal(await create({ confirm: true, return_url: 'no url' }), 'return_url')
  assert.equal(await create({ return_url: 'https://shop.example' }), 'return_url')
  assert.equal(await create({ metadata: 'x' }), 'metadata')
  assert.equal(await create({ metadata: { [`k${'x'.repeat(40)}`]: '1' } }), 'metadata')
  assert.equal(await create({ metadata: { k: 'x'.repeat(501) } }), 'metadata[k]')
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, '1']))
  assert.equal(await create({ metadata: many }), 'metadata')
  assert.equal((await rejection(stripe.paymentIntents.list({ limit: 101 }))).param, 'limit')
  const both = { starting_after: 'pi_a', ending_before: 'pi_b' }
  assert.equal((await rejection(stripe.paymentIntents.list(both))).statusCode, 400)
  const large = await fetch(`${sandbox.address}/v1/payment_intents`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_x' },
    body: `a=${'x'.repeat(1 << 20)}`,
  })
  assert.equal(large.status, 400)
})

const typesName = 'allowed_payment_method_types'
const bare = { amount: 500, currency: 'usd' }
