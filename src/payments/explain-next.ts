import type { DisputeRow, PaymentRow } from '../store/rows.ts'
import type { Timeline } from './timeline.ts'

const closedDisputes = new Set(['won', 'lost', 'warning_closed', 'prevented'])

/** What happens to a payment next, by whom and, where a time is known, when. One sentence. Pure. */
export function explainNext(
  payment: PaymentRow,
  timeline: Pick<Timeline, 'next_action_at' | 'items'>,
  disputes: DisputeRow[],
): string {
  const isAttempted = (statuses: string[]) =>
    timeline.items.some(
      ({ kind, detail }) => kind === 'attempt' && statuses.includes(String(detail.status)),
    )
  if (isAttempted(['sent']) && timeline.next_action_at !== null) {
    return `The provider is being asked right now; without an answer it is asked again by the worker, at ${timeline.next_action_at} at the latest.`
  }
  if (isAttempted(['created', 'unknown']) && timeline.next_action_at !== null) {
    return `What the provider made of the last request for it is found out by the worker at ${timeline.next_action_at}.`
  }
  if (timeline.next_action_at !== null) {
    return `A provider event about it is applied by the worker at ${timeline.next_action_at}.`
  }
  const isDead = timeline.items.some(({ detail }) => detail.status === 'dead')
  if (isDead) {
    return 'An event about it was given up, and a person decides what becomes of it; see npx payonce events failures.'
  }
  const open = disputes.find(({ status }) => !closedDisputes.has(status))
  if (open !== undefined) return disputeClause(open)
  return stateClause(payment)
}

function disputeClause({ evidenceDueAt, status }: DisputeRow): string {
  if (status === 'under_review' || status === 'warning_under_review') {
    return 'The bank decides the dispute, and the provider tells the outcome.'
  }
  return evidenceDueAt === null
    ? 'The dispute waits for an answer at the provider, which sets the date.'
    : `The dispute has to be answered at the provider by ${evidenceDueAt.toISOString()}.`
}

function stateClause({ status, receivedMinor, refundedMinor }: PaymentRow): string {
  switch (status) {
    case 'requires_payment_method':
      return 'It waits for the customer to pay; nothing is due here until the provider tells of it.'
    case 'requires_confirmation':
      return 'The merchant confirms it at the provider; nothing is due here until then.'
    case 'requires_action':
      return 'The customer acts, and the provider tells how it went; nothing is due here until then.'
    case 'processing':
      return 'The provider tells the outcome, for some methods only after days; nothing is due here until then.'
    case 'requires_capture':
      return 'The merchant captures or cancels it at the provider, or the hold expires there; nothing is due here until then.'
    case 'succeeded':
      return refundedMinor >= receivedMinor
        ? 'It is paid and given back in full: nothing more is expected.'
        : 'It is paid: nothing more is expected, though a refund or a dispute may still come.'
    case 'canceled':
    case 'failed':
      return 'It is final: nothing more can happen to it.'
  }
}
