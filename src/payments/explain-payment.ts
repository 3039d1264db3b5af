import { isCurrency } from '../domain/currencies.ts'
import { formatMoney } from '../domain/money.ts'
import type { PaymentAttemptRow, PaymentRow } from '../store/rows.ts'

/** What still concerns the payment: events of the inbox, and requests whose outcome is not known. */
export type Pending = {
  waitingCount: number
  parkedCount: number
  deadCount: number
  openAttempts: Pick<PaymentAttemptRow, 'step' | 'status' | 'reason'>[]
  /** second effects of the operation that made it */
  duplicates: Pick<PaymentRow, 'id' | 'duplicateUndo'>[]
  /** refunds beyond the one that each request asked for */
  surplusRefundCount: number
}

/** Why the payment is as it is, in one sentence for the person who is on call. Pure. */
export function explainPayment(payment: PaymentRow, pending: Pending): string {
  const clauses = [
    stateClause(payment),
    ...pending.openAttempts.map(attemptClause),
    ...pending.duplicates.map(duplicateClause),
    ...surplusClauses(pending.surplusRefundCount),
    ...pendingClauses(pending),
  ]
  return `${clauses.join('; ')}.`
}

function stateClause(payment: PaymentRow): string {
  const amount = shown(payment.amountMinor, payment.currency)
  if (payment.mergedIntoPaymentId !== null) {
    return `The payment of ${amount} turned out to be part of ${payment.mergedIntoPaymentId}, where all that happens to it is told`
  }
  if (payment.duplicateOfPaymentId !== null) {
    return `The provider made ${payment.duplicateOfPaymentId} a second time, and this is the second one: ${undoClause(payment)}`
  }
  switch (payment.status) {
    case 'requires_payment_method':
      return payment.lastError === null
        ? `The payment of ${amount} waits for a payment method`
        : `The last attempt to pay ${amount} was declined (${reasonOf(payment.lastError)}), and another one may be made`
    case 'requires_confirmation':
      return `The payment of ${amount} has a payment method and waits to be confirmed`
    case 'requires_action':
      return `The customer has to do something before ${amount} can be paid, such as authenticate`
    case 'processing':
      return `The provider works on the payment of ${amount} and will tell the outcome later`
    case 'requires_capture':
      return `${shown(payment.capturableMinor, payment.currency)} is authorized and waits to be captured`
    case 'succeeded':
      return succeededClause(payment)
    case 'canceled':
      return `The payment of ${amount} was canceled at ${payment.canceledAt?.toISOString()}, so nothing more can happen to it`
    case 'failed':
      return payment.lastError === null
        ? `The payment of ${amount} failed for good`
        : `The payment of ${amount} failed for good (${reasonOf(payment.lastError)})`
  }
}

function succeededClause({ receivedMinor, refundedMinor, disputedMinor, currency }: PaymentRow) {
  const parts = [`${shown(receivedMinor, currency)} was captured`]
  if (refundedMinor > 0n) parts.push(`${shown(refundedMinor, currency)} of it is refunded`)
  if (disputedMinor > 0n) parts.push(`${shown(disputedMinor, currency)} of it is disputed`)
  return `The payment succeeded: ${parts.join(', ')}`
}

function attemptClause({ step, status, reason }: Pending['openAttempts'][number]): string {
  if (status === 'created') return `the request to ${step} it waits to be sent`
  if (status === 'sent' && reason === null) return `the request to ${step} it is on its way`
  switch (reason) {
    case 'key_spent':
      return step === 'create' || step === 'refund'
        ? `the provider failed while it was asked to ${step} it and repeats that failure, so it is looked for there until it shows; if the provider's own pages show nothing of it, it did not happen, and it may be asked for anew`
        : `the provider failed while it was asked to ${step} it and repeats that failure, so it is looked at there, and asked again if nothing happened`
    case 'unchanged':
      return `the provider failed while it was asked to ${step} it and shows nothing of it, so it is looked at once more, and asked again if nothing happened`
    case 'provider_error':
      return `the provider failed while it was asked to ${step} it, so the outcome is looked for there`
    case 'answer_mismatch':
      return `what the provider answered when asked to ${step} it does not fit, so the outcome is looked for there`
    default:
      return `the provider did not answer when asked to ${step} it, so the same request is repeated under its key`
  }
}

function duplicateClause(duplicate: Pending['duplicates'][number]): string {
  return `the provider made it a second time (${duplicate.id}), ${undoClause(duplicate)}`
}

function undoClause({ duplicateUndo }: Pick<PaymentRow, 'duplicateUndo'>): string {
  switch (duplicateUndo) {
    case 'due':
      return 'which is about to be undone'
    case 'canceling':
      return 'which is being canceled'
    case 'refunding':
      return 'which is being refunded'
    case 'undone':
      return 'which was undone'
    default:
      return 'which is not undone by itself: a person decides, and cancels or refunds it'
  }
}

function surplusClauses(count: number): string[] {
  if (count === 0) return []
  const refunds = count === 1 ? 'one refund' : `${count} refunds`
  return [`the provider made ${refunds} more than it was asked for, which cannot be taken back`]
}

function pendingClauses({ waitingCount, parkedCount, deadCount }: Pending): string[] {
  const clauses: string[] = []
  if (waitingCount > 0) clauses.push(`${events(waitingCount)} about it still to be applied`)
  if (parkedCount > 0) clauses.push(`${events(parkedCount)} parked until their payment is known`)
  if (deadCount > 0) clauses.push(`${events(deadCount)} given up and waiting for a person`)
  return clauses
}

function events(count: number): string {
  return count === 1 ? 'one provider event is' : `${count} provider events are`
}

function reasonOf(error: { code: string; decline_code: string | null }): string {
  return error.decline_code ?? error.code
}

/** A currency that ISO 4217 does not list is told as the provider told it. */
function shown(amountMinor: bigint, currency: string): string {
  return isCurrency(currency)
    ? formatMoney({ amountMinor, currency })
    : `${amountMinor} minor units of ${currency}`
}
