import assert from 'node:assert/strict'
import test from 'node:test'
import { type Currency, parseCurrency } from '../../domain/currencies.ts'
import type { Asked } from '../provider.ts'
import { checkChargeable } from './limits.ts'
import { buildRequest } from './requests.ts'

const asked: Asked = { operationId: 'op', amountMinor: 1000n, currency: 'USD' as Currency }

test('what is sent comes from the request alone, and is marked as ours', () => {
  const request = buildRequest('create', { ...asked, metadata: { order: '1' } }, undefined)
  assert.deepEqual(request, {
    path: '/v1/payment_intents',
    params: {
      amount: 1000,
      currency: 'usd',
      allowed_payment_method_types: ['card'],
      metadata: { order: '1', payonce_operation: 'op' },
    },
  })
  const rest = buildRequest('refund', { ...asked, amountMinor: undefined }, 'pi_1')
  assert.deepEqual(rest.params, {
    payment_intent: 'pi_1',
    metadata: { payonce_operation: 'op' },
  })
  const ofCharge = buildRequest('refund', asked, 'ch_1')
  assert.deepEqual(ofCharge.params, {
    ...{ charge: 'ch_1', amount: 1000 },
    metadata: { payonce_operation: 'op' },
  })
  const named = buildRequest('create', { ...asked, reference: 'order-1' }, undefined)
  assert.deepEqual(named.params.metadata, {
    ...{ payonce_reference: 'order-1', payonce_operation: 'op' },
  })
  assert.equal(buildRequest('capture', asked, 'pi/1').path, '/v1/payment_intents/pi%2F1/capture')
  assert.throws(() => buildRequest('confirm', asked, undefined), /needs the id/)
})

test('amounts are within what Stripe takes, in its steps and units', () => {
  const pointerOf = (code: string, amountMinor: bigint) => {
    try {
      checkChargeable(amountMinor, parseCurrency(code) as Currency)
      return undefined
    } catch (error) {
      return (error as { errors: { pointer: string }[] }).errors[0]?.pointer
    }
  }
  for (const [code, amount] of [
    ['USD', 49n],
    ['USD', 100_000_000n],
    ['JPY', 49n],
    ['KWD', 1235n],
    ['MGA', 1050n],
    ['IQD', 1005n],
  ] as const) {
    assert.equal(pointerOf(code, amount), '/amount_cents', `${code} ${amount}`)
  }
  for (const [code, amount] of [
    ['USD', 50n],
    ['JPY', 50n],
    ['KWD', 1230n],
    ['ISK', 500n],
    ['MGA', 1000n],
    ['IDR', 100_000_000n],
  ] as const) {
    assert.equal(pointerOf(code, amount), undefined, `${code} ${amount}`)
  }
  const krona = { ...asked, amountMinor: 500n, currency: 'ISK' as Currency }
  assert.equal(buildRequest('create', krona, undefined).params.amount, 50_000)
})
