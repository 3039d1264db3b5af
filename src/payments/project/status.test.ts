import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mergeObjects } from '../../../test/support/merge-objects.ts'
import { stripeEvents } from '../../providers/stripe/index.ts'
import { projectPayment } from './payment.ts'

type Told = [type: string, at: number, fields: object]

const intent = (status: string, at: number, fields: object = {}): Told => [
  'payment_intent.updated',
  at,
  { object: 'payment_intent', id: 'pi_1', status, capture_method: 'manual', ...fields },
]
const charge = (type: string, at: number, fields: object = {}): Told => [
  type,
  at,
  {
    ...{ object: 'charge', id: 'ch_1', payment_intent: 'pi_1', status: 'succeeded' },
    ...{ captured: false, amount_captured: 0, amount_refunded: 0, ...fields },
  },
]
const held = intent('requires_capture', 100, { amount_capturable: 1000 })
const error = { last_payment_error: { code: 'capture_failed', message: 'No.' } }

/** The statuses a payment goes through as events come in this order. */
function statusesOf(told: Told[]): (string | undefined)[] {
  const events = told.map(([type, created, fields], index) => {
    const object = { amount: 1000, currency: 'usd', ...fields }
    const event = { id: `evt_${index}`, type, created, data: { object } }
    assert.equal(stripeEvents.readFacts(event).outcome, 'facts')
    return event
  })
  return events.map((_, index) => projectPayment(mergeObjects(events.slice(0, index + 1)))?.status)
}

test('what is held stays held, whichever word of before it comes late or is dated late', () => {
  for (const late of [
    intent('requires_confirmation', 99),
    intent('requires_confirmation', 101),
    intent('requires_action', 101),
    intent('requires_payment_method', 101),
  ]) {
    assert.deepEqual(statusesOf([held, late]), ['requires_capture', 'requires_capture'])
    const byCharge = [charge('charge.succeeded', 100), late]
    assert.deepEqual(statusesOf(byCharge), ['requires_capture', 'requires_capture'])
    const objects = statusesOf([late, held])
    assert.equal(objects.at(-1), 'requires_capture')
  }
})

test('a capture that takes its time is in progress, and one that fails can be paid again', () => {
  const processing = intent('processing', 200)
  const failed = intent('requires_payment_method', 300, error)
  for (const before of [[held], [held, charge('charge.succeeded', 100)]]) {
    assert.deepEqual(statusesOf([...before, processing, failed]).slice(before.length), [
      'processing',
      'requires_payment_method',
    ])
  }
})

test('a status that nobody knows yet is in progress', () => {
  assert.deepEqual(statusesOf([held, intent('capturing', 200)]), ['requires_capture', 'processing'])
})

test('of an intent only its own word cancels: a charge let go may be followed by another', () => {
  const release = charge('charge.refunded', 110, { refunded: true, amount_refunded: 1000 })
  assert.deepEqual(statusesOf([held, release, intent('canceled', 110)]), [
    'requires_capture',
    'requires_capture',
    'canceled',
  ])
  const again = { id: 'ch_2', captured: true, amount_captured: 1000 }
  const paid = charge('charge.succeeded', 300, again)
  assert.deepEqual(statusesOf([held, release, paid]).at(-1), 'succeeded')
})

test('a bare charge that is let go is canceled', () => {
  const bare = { payment_intent: undefined }
  const release = charge('charge.refunded', 110, { ...bare, refunded: true, amount_refunded: 1000 })
  assert.deepEqual(statusesOf([charge('charge.succeeded', 100, bare), release]), [
    'requires_capture',
    'canceled',
  ])
})

test('what is asked back while the bank still works on it is neither held nor let go', () => {
  const pending = { status: 'pending', captured: true }
  const asked = { ...pending, refunded: true, amount_refunded: 1000 }
  const paid = { captured: true, amount_captured: 1000 }
  assert.deepEqual(
    statusesOf([
      intent('processing', 100),
      charge('charge.pending', 100, pending),
      charge('charge.refunded', 200, asked),
      charge('charge.succeeded', 300, paid),
    ]),
    ['processing', 'processing', 'processing', 'succeeded'],
  )
})
