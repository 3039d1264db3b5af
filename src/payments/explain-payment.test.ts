import assert from 'node:assert/strict'
import test from 'node:test'
import type { OpenReason } from '../domain/attempt.ts'
import { type PaymentStatus, paymentStatuses } from '../domain/payment.ts'
import type { PaymentRow } from '../store/rows.ts'
import { explainPayment } from './explain-payment.ts'

const at = new Date('2026-01-02T03:04:05Z')
const nothingPending = {
  ...{ waitingCount: 0, parkedCount: 0, deadCount: 0, surplusRefundCount: 0 },
  ...{ openAttempts: [], duplicates: [] },
}

function payment(status: PaymentStatus, changed: Partial<PaymentRow> = {}): PaymentRow {
  return {
    id: 'pay_1',
    merchantId: 'mer_1',
    livemode: false,
    providerAccountId: 'pac_1',
    provider: 'stripe',
    origin: 'provider',
    userId: null,
    reference: null,
    providerReference: 'pi_1',
    amountMinor: 1234n,
    currency: 'USD',
    status,
    captureMethod: 'automatic',
    capturableMinor: 1234n,
    receivedMinor: 1234n,
    refundedMinor: 0n,
    disputedMinor: 0n,
    description: null,
    metadata: {},
    lastError: null,
    nextAction: null,
    idempotencyKey: null,
    correlationId: 'cor_1',
    sequence: 1n,
    createdAt: at,
    updatedAt: at,
    succeededAt: null,
    canceledAt: status === 'canceled' ? at : null,
    mergedIntoPaymentId: null,
    duplicateOfPaymentId: null,
    duplicateUndo: null,
    ...changed,
  }
}

test('every status is explained in one sentence that names the amount, where there is one to name', () => {
  for (const status of paymentStatuses) {
    const told = explainPayment(payment(status), nothingPending)
    assert.match(told, /^[A-Z0-9].*12\.34 USD.*[^.]\.$|^12\.34 USD .*\.$/, status)
  }
})

test('a decline says why, and refunds, disputes and waiting events are told', () => {
  const lastError = {
    code: 'card_declined',
    decline_code: 'lost_card',
    message: null,
    retryable: false,
  }
  const declined = explainPayment(payment('requires_payment_method', { lastError }), nothingPending)
  assert.match(declined, /declined \(lost_card\)/)
  const moved = payment('succeeded', { refundedMinor: 200n, disputedMinor: 1034n })
  assert.equal(
    explainPayment(moved, { ...nothingPending, waitingCount: 2, deadCount: 1 }),
    'The payment succeeded: 12.34 USD was captured, 2.00 USD of it is refunded, 10.34 USD of it is disputed; ' +
      '2 provider events are about it still to be applied; one provider event is given up and waiting for a person.',
  )
})

test('a currency nobody knows is told as it came', () => {
  const told = explainPayment(payment('processing', { currency: 'QQQ' }), nothingPending)
  assert.match(told, /1234 minor units of QQQ/)
})

test('a payment that turned out to be part of another one names it', () => {
  const told = explainPayment(
    payment('succeeded', { mergedIntoPaymentId: 'pay_2' }),
    nothingPending,
  )
  assert.equal(
    told,
    'The payment of 12.34 USD turned out to be part of pay_2, where all that happens to it is told.',
  )
})

test('a request without an outcome is told with what happens next', () => {
  const told = (status: 'created' | 'sent' | 'unknown', reason: OpenReason | null) =>
    explainPayment(payment('processing'), {
      ...nothingPending,
      openAttempts: [{ step: 'confirm', status, reason }],
    })
  assert.match(told('created', 'unsent'), /request to confirm it waits to be sent/)
  assert.match(told('sent', null), /is on its way/)
  assert.match(told('unknown', 'no_answer'), /repeated under its key/)
  assert.match(told('unknown', 'provider_error'), /outcome is looked for there/)
  assert.match(told('unknown', 'answer_mismatch'), /does not fit/)
})
