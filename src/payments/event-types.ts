import type { PaymentRow } from '../store/rows.ts'

/** Every event type that leaves through the outbox, with when it happens. */
export const eventTypes = {
  'payment.created': 'A payment exists, made by the API or first told of by the provider.',
  'payment.requires_action': 'The customer has to do something, such as authenticate.',
  'payment.processing': 'The provider works on it; the outcome comes later.',
  'payment.amount_capturable_updated': 'An authorization holds funds that can be captured.',
  'payment.succeeded': 'The money is captured.',
  'payment.failed': 'An attempt was declined or failed; `last_error` says why.',
  'payment.canceled': 'The payment was canceled; nothing more can happen to it.',
  'payment.updated': 'Another field of the payment changed.',
  'payment.merged':
    'The payment turned out to be part of `merged_into_payment_id`, whose events go on.',
  'payment.duplicate_found':
    'An operation had a second effect at the provider, which is no payment of its own and is undone.',
  'payment.duplicate_updated':
    'The undoing of a second effect went on; `duplicate_undo` says how far.',
  'payment_attempt.created': 'A request to the provider is written down, before it is sent.',
  'payment_attempt.succeeded': 'The provider did what was asked.',
  'payment_attempt.declined': 'The provider or the issuer said no.',
  'payment_attempt.failed': 'The provider refused the request; nothing moved.',
  'payment_attempt.unknown': 'No answer came; it is found out without asking for a second effect.',
  'refund.created': 'A refund exists.',
  'refund.duplicate_found':
    'One request to refund made several refunds at the provider; this is one too many.',
  'refund.updated': 'A refund changed its status or amount.',
  'refund.failed': 'A refund failed or was canceled: the money is ours again.',
  'dispute.opened': 'A cardholder disputes a payment.',
  'dispute.updated': 'A dispute changed.',
  'dispute.closed': 'A dispute is decided.',
  'payout.created': 'The provider sends money to the bank.',
  'payout.updated': 'A payout changed.',
  'payout.paid': 'A payout arrived.',
  'payout.failed': 'A payout failed or was canceled: the provider holds the money again.',
} as const
export type EventType = keyof typeof eventTypes

/** What a change of a payment is called; undefined when nothing a merchant sees changed. */
export function paymentEventTypes(before: PaymentRow | undefined, after: PaymentRow): EventType[] {
  if (after.duplicateOfPaymentId !== null) {
    return [before === undefined ? 'payment.duplicate_found' : 'payment.duplicate_updated']
  }
  const created: EventType[] = before === undefined ? ['payment.created'] : []
  const statusChanged = before === undefined || before.status !== after.status
  const declined = after.lastError !== null && !sameJson(before?.lastError ?? null, after.lastError)
  switch (after.status) {
    case 'requires_payment_method':
    case 'failed':
      if (declined || (after.status === 'failed' && statusChanged))
        return [...created, 'payment.failed']
      break
    case 'requires_action':
      if (statusChanged) return [...created, 'payment.requires_action']
      break
    case 'processing':
      if (statusChanged) return [...created, 'payment.processing']
      break
    case 'requires_capture':
      if (statusChanged) return [...created, 'payment.amount_capturable_updated']
      break
    case 'succeeded':
      if (statusChanged) return [...created, 'payment.succeeded']
      break
    case 'canceled':
      if (statusChanged) return [...created, 'payment.canceled']
      break
    case 'requires_confirmation':
      break
  }
  return before === undefined ? created : ['payment.updated']
}

function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
