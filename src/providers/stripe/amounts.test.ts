import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { currencies, exponentOf, providerExponent } from '../../domain/currencies.ts'
import { amountOf, signedAmountOf, toStripeAmount } from './amounts.ts'
import { stripeEvents } from './index.ts'

const currency = fc.constantFrom(...currencies)

test('what is sent to Stripe in its units is read back in ours, in every currency', () => {
  fc.assert(
    fc.property(currency, fc.integer({ min: 0, max: 99_999_999 }), (code, units) => {
      // Stripe cannot count the last digit of a currency it tells with fewer decimals than ISO has.
      const step = 10 ** Math.max(0, exponentOf(code) - providerExponent('stripe', code))
      const amountMinor = BigInt(units * step)
      const amount = Number(toStripeAmount(amountMinor, code))
      assert.equal(amountOf({ amount }, 'amount', code), Number(amountMinor))
    }),
  )
})

test('five hundred krónur are five hundred, although Stripe says 50000', () => {
  assert.equal(amountOf({ amount: 50_000 }, 'amount', 'ISK'), 500)
  assert.equal(amountOf({ amount: 500 }, 'amount', 'JPY'), 500)
  assert.equal(amountOf({ amount: 500 }, 'amount', 'USD'), 500)
  assert.equal(amountOf({ amount: 500 }, 'amount', 'IQD'), 5000)
  assert.equal(amountOf({}, 'amount', 'ISK'), undefined)
})

test('a part of a whole unit names the field; it is not rounded away', () => {
  assert.throws(() => amountOf({ amount: 50_050 }, 'amount', 'ISK'), {
    public:
      "The event's field /amount is not a whole amount of ISK, which Stripe tells in hundredths.",
  })
})

test('an intent, its charge, its fee, its refund and its dispute are told in the same units', () => {
  const told = (object: object) => {
    const facts = stripeEvents.readFacts({
      id: 'evt_1',
      type: { payment_intent: 'payment_intent.succeeded', charge: 'charge.succeeded' }[
        (object as { object: 'payment_intent' | 'charge' }).object
      ],
      created: 1_750_000_000,
      data: { object: { currency: 'isk', status: 'succeeded', ...object } },
    })
    assert.equal(facts.outcome, 'facts')
    return facts.outcome === 'facts' ? facts.assertions : []
  }
  const [intent] = told({ object: 'payment_intent', id: 'pi_1', amount: 70_000 })
  assert.equal(intent?.facts.writes[0]?.fields.received, 700)
  const [charge, refund] = told({
    object: 'charge',
    id: 'ch_1',
    amount: 70_000,
    amount_refunded: 20_000,
    refunds: { data: [{ id: 're_1', amount: 20_000, currency: 'isk', status: 'succeeded' }] },
    balance_transaction: { id: 'txn_1', amount: 500, fee: 15, currency: 'eur', created: 1 },
  })
  const fields = charge?.facts.writes[0]?.fields
  assert.equal(fields?.captured_amount, 700)
  assert.equal(fields?.refunded_amount, 200)
  assert.deepEqual(fields?.['balance_transaction:txn_1'], {
    amount: 500,
    fee: 15,
    currency: 'EUR',
    created: 1,
  })
  assert.equal(refund?.facts.writes[0]?.fields.amount, 200)
})

test('an amount below zero is an error of its field, but for movements that go either way', () => {
  const negative = { amount: -500 }
  assert.throws(() => amountOf(negative, 'amount', 'EUR'), {
    code: 'event_field_invalid',
    message: /field \/amount is not an integer of at least 0/,
  })
  assert.equal(signedAmountOf(negative, 'amount', 'EUR'), -500)
  assert.equal(amountOf({ amount: 0 }, 'amount', 'EUR'), 0)
})
