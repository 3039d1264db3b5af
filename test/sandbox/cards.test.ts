import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { findCardByNumber, passesLuhn, testCards } from '../../sandbox/cards.ts'
import { sharedDataDir, skipWithoutSharedData } from '../support/shared-data.ts'
import { paid } from './support/control.ts'
import { openFor } from './support/open.ts'
import { rejection } from './support/rejection.ts'

const year = new Date().getUTCFullYear() + 1

type Listed = {
  number: string
  brand: string
  payment_method: string | null
  outcome: string
  error_code: string | null
  decline_code: string | null
}

test('the table holds every test card as published', skipWithoutSharedData(), () => {
  const path = join(sharedDataDir() ?? '', 'cards/stripe-test-cards.json')
  const { cards } = JSON.parse(readFileSync(path, 'utf8')) as { cards: Listed[] }
  assert.equal(cards.length, testCards.length)
  for (const listed of cards) {
    const card = findCardByNumber(listed.number)
    assert.ok(card, listed.number)
    assert.deepEqual(
      [card.brand, card.alias, card.code, card.declineCode],
      [listed.brand, listed.payment_method, listed.error_code, listed.decline_code],
    )
    const isChallenge = listed.outcome.startsWith('requires_action')
    assert.equal(card.behavior.startsWith('challenge'), isChallenge, listed.number)
  }
})

test('each card has a name of its own, so that its number need not be kept', () => {
  assert.equal(new Set(testCards.map(({ name }) => name)).size, testCards.length)
})

test('every card does what its row says', async (t) => {
  const { stripe } = await openFor(t)
  for (const card of testCards.filter(({ number }) => passesLuhn(number))) {
    const method = await stripe.paymentMethods.create({
      type: 'card',
      card: { number: card.number, exp_month: 12, exp_year: year, cvc: '123' },
    })
    assert.equal(method.card?.last4, card.number.slice(-4))
    const payment = stripe.paymentIntents.create({ ...paid, payment_method: method.id })
    if (card.behavior === 'decline') {
      const error = await rejection(payment)
      assert.equal(error.code, card.code, card.name)
      if (card.declineCode !== null) assert.equal(error.decline_code, card.declineCode)
    } else {
      const status = card.behavior.startsWith('challenge') ? 'requires_action' : 'succeeded'
      assert.equal((await payment).status, status, card.name)
    }
    if (card.alias !== null && card.behavior === 'ok')
      assert.equal(
        (await stripe.paymentIntents.create({ ...paid, payment_method: card.alias })).status,
        'succeeded',
      )
  }
})

test('any future expiry, any CVC of three digits and any zip is taken, for every card', async (t) => {
  const { stripe } = await openFor(t)
  const cards = testCards.filter(({ number }) => passesLuhn(number))
  for (const [index, { number, brand }] of cards.entries()) {
    const cvc = `${100 + index * 7}`.padEnd(brand === 'amex' ? 4 : 3, '0')
    const method = await stripe.paymentMethods.create({
      type: 'card',
      card: { number, exp_month: 12, exp_year: 2034, cvc },
      billing_details: { address: { postal_code: `${10_000 + index}` } },
    })
    assert.equal(method.card?.exp_year, 2034)
    assert.equal(method.billing_details.address?.postal_code, `${10_000 + index}`)
  }
})

test('only test cards are taken, and no answer repeats a number', async (t) => {
  const { stripe } = await openFor(t)
  const create = (card: { number: string; exp_month?: number; exp_year?: number; cvc?: string }) =>
    rejection(
      stripe.paymentMethods.create({
        type: 'card',
        card: { exp_month: 12, exp_year: year, ...card },
      }),
    )
  const real = await create({ number: '4539578763621486' })
  assert.equal(real.decline_code, 'test_mode_live_card')
  assert.ok(!JSON.stringify(real.raw).includes('4539578763621486'))
  const number = '4242424242424242'
  assert.equal((await create({ number: '4242424242424241' })).code, 'incorrect_number')
  assert.equal((await create({ number, exp_month: 13 })).code, 'invalid_expiry_month')
  assert.equal((await create({ number, exp_year: 1999 })).code, 'invalid_expiry_year')
  assert.equal((await create({ number, cvc: '99' })).code, 'invalid_cvc')
})

test('a card is saved for a customer, and charged later without them', async (t) => {
  const { stripe } = await openFor(t)
  const customer = await stripe.customers.create({ email: 'jo@shop.example' })
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
  assert.equal((await stripe.paymentMethods.retrieve(method.id)).customer, customer.id)
  const saved = await stripe.paymentMethods.list({ customer: customer.id })
  assert.equal(saved.data.length, 1)
  const payment = await stripe.paymentIntents.create({
    ...paid,
    customer: customer.id,
    payment_method: method.id,
    off_session: true,
    expand: ['customer'],
  })
  assert.equal((payment.customer as { email?: string }).email, 'jo@shop.example')
  assert.equal((await stripe.paymentIntents.list({ customer: customer.id })).data.length, 1)
  assert.equal((await stripe.charges.list({ customer: customer.id })).data.length, 1)
  const refused = await rejection(
    stripe.paymentMethods.attach('pm_card_chargeDeclined', { customer: customer.id }),
  )
  assert.equal(refused.code, 'card_declined')
  assert.equal((await stripe.paymentMethods.detach(method.id)).customer, null)
  const nobody = await rejection(stripe.paymentIntents.create({ ...paid, customer: 'cus_none' }))
  assert.equal(nobody.code, 'resource_missing')
})

test('a live key is refused, and so is none', async (t) => {
  const { sandbox } = await openFor(t)
  const get = async (authorization?: string) => {
    const headers = authorization === undefined ? {} : { authorization }
    const response = await fetch(`${sandbox.address}/v1/balance`, { headers })
    return [response.status, await response.text()] as const
  }
  assert.equal((await get())[0], 401)
  assert.equal((await get('Bearer nonsense'))[0], 401)
  const [status, body] = await get('Bearer sk_live_abcdef')
  assert.equal(status, 401)
  assert.ok(!body.includes('abcdef'))
  assert.equal((await get(`Basic ${btoa('sk_test_x:')}`))[0], 200)
  assert.equal(
    (
      await fetch(`${sandbox.address}/v1/nothing`, {
        headers: { authorization: 'Bearer sk_test_x' },
      })
    ).status,
    404,
  )
})
