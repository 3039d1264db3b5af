import assert from 'node:assert/strict'
import test from 'node:test'
import Stripe from 'stripe'
import { classifyFailure } from './classify.ts'
import { CallTimeoutError, secondsOf } from './client.ts'
import { brokenCode, unsentCode } from './http-client.ts'

const { errors } = Stripe
const refused = (statusCode: number, raw: object = {}) =>
  errors.generateV1Error({
    type: 'invalid_request_error',
    message: 'No.',
    statusCode,
    ...raw,
  } as never)

test('a decline is an answer: nothing moved, and the intent that came with it is kept', () => {
  const date = new Date(1_750_000_000_000).toUTCString()
  const told = classifyFailure(
    refused(402, {
      type: 'card_error',
      code: 'card_declined',
      decline_code: 'lost_card',
      payment_intent: { id: 'pi_1' },
      headers: { date, 'idempotent-replayed': 'true' },
    }),
  )
  assert.deepEqual(told, {
    outcome: 'declined',
    moneyMayHaveMoved: false,
    error: { code: 'card_declined', decline_code: 'lost_card', message: 'No.', retryable: false },
    intent: { id: 'pi_1' },
    atSeconds: 1_750_000_000,
    isReplay: true,
  })
})

test('only what never left, or was turned away at the door, may be taken for not done', () => {
  const connection = (code: string) =>
    new errors.StripeConnectionError({ detail: Object.assign(new Error('x'), { code }) } as never)
  for (const [error, outcome, moneyMayHaveMoved] of [
    [connection(unsentCode), 'unsent', false],
    [connection(brokenCode), 'unknown', true],
    [refused(409, { code: 'idempotency_key_in_use' }), 'unsent', false],
    [refused(429, { code: 'rate_limit' }), 'unsent', false],
    [refused(401), 'unsent', false],
    [refused(403), 'unsent', false],
    [refused(400, { code: 'resource_missing' }), 'refused', false],
    [refused(404, { code: 'resource_missing' }), 'refused', false],
    [refused(400, { code: 'payment_intent_unexpected_state' }), 'contested', false],
    [refused(400, { code: 'charge_already_refunded' }), 'contested', false],
    [refused(400, { type: 'idempotency_error' }), 'unknown', true],
    [refused(500, { type: 'api_error' }), 'unknown', true],
    [refused(503, { type: 'api_error' }), 'unknown', true],
    [new errors.StripeAPIError({ message: 'Invalid JSON received' } as never), 'unknown', true],
    [new CallTimeoutError('late'), 'unknown', true],
    [new TypeError('x'), 'unknown', true],
  ] as const) {
    const told = classifyFailure(error)
    assert.equal(told.outcome, outcome, String(error))
    assert.equal(told.moneyMayHaveMoved, moneyMayHaveMoved, String(error))
  }
})

test('a value that was refused is refused again', () => {
  const told = classifyFailure(refused(400, { code: 'resource_missing' }))
  assert.ok(told.outcome === 'refused')
  assert.equal(told.error.retryable, false)
})

test('Retry-After is followed within a bound', () => {
  const wait = (header: string | undefined) => {
    const headers = header === undefined ? {} : { 'retry-after': header }
    const told = classifyFailure(refused(429, { headers }))
    return told.outcome === 'unsent' ? told.retryAfterSeconds : undefined
  }
  assert.deepEqual([wait('7'), wait('9999'), wait('soon'), wait(undefined)], [7, 60, 2, 2])
})

test('a Date header that cannot be read tells no time', () => {
  assert.equal(secondsOf({}), undefined)
  assert.equal(secondsOf({ date: 'yesterday' }), undefined)
})

test('a failure that is replayed says that the request has ended, a first one does not', () => {
  const failed = (headers: object) =>
    classifyFailure(refused(500, { type: 'api_error', headers })) as { reason: string }
  assert.equal(failed({}).reason, 'provider_error')
  assert.equal(failed({ 'idempotent-replayed': 'true' }).reason, 'key_spent')
})
