/**
 * The timeline of a payment: what providers told, what changed, what was booked and what left, in order, with a
 * sentence that says why the payment is as it is and when something will next happen by itself. Pure.
 */
import { isSettled } from '../domain/attempt.ts'
import { toJsonInteger } from '../domain/money.ts'
import type { InboxEventView } from '../store/inbox-reads.ts'
import type { JournalEntry } from '../store/journal-reads.ts'
import type { PaymentAttemptRow, PaymentRow } from '../store/rows.ts'
import type { OutboxEventView, StateChange } from '../store/timeline.ts'
import { traceIdOf } from '../telemetry/traceparent.ts'
import { explainPayment } from './explain-payment.ts'

export const timelineKinds = [
  'attempt',
  'provider_event',
  'state_change',
  'journal_entry',
  'event',
] as const
export type TimelineItem = {
  at: string
  kind: (typeof timelineKinds)[number]
  id: string
  title: string
  detail: Record<string, unknown>
}
export type Timeline = {
  payment_id: string
  status: PaymentRow['status']
  explanation: string
  next_action_at: string | null
  items: TimelineItem[]
}

export type TimelineSources = {
  payment: PaymentRow
  /** second effects of the operation that made it */
  duplicates: PaymentRow[]
  attempts: PaymentAttemptRow[]
  inboxEvents: InboxEventView[]
  stateChanges: StateChange[]
  journalEntries: JournalEntry[]
  outboxEvents: OutboxEventView[]
}

export function buildTimeline(sources: TimelineSources): Timeline {
  const { payment, attempts, inboxEvents } = sources
  const count = (status: string) => inboxEvents.filter((event) => event.status === status).length
  // Within one moment a cause stands before its effects: the kinds are listed in that order.
  const items = [
    ...attempts.map(attemptItem),
    ...inboxEvents.map(inboxItem),
    ...sources.stateChanges.map(stateItem),
    ...sources.journalEntries.map(journalItem),
    ...sources.outboxEvents.map(outboxItem),
  ].sort(
    (a, b) =>
      a.at.localeCompare(b.at) || timelineKinds.indexOf(a.kind) - timelineKinds.indexOf(b.kind),
  )
  return {
    payment_id: payment.id,
    status: payment.status,
    explanation: explainPayment(payment, {
      waitingCount: count('waiting'),
      parkedCount: count('parked'),
      deadCount: count('dead'),
      openAttempts: attempts.filter(
        ({ status, paymentId }) => !isSettled(status) && paymentId === payment.id,
      ),
      duplicates: sources.duplicates,
      surplusRefundCount: sources.stateChanges.filter(
        ({ kind }) => kind === 'refund.duplicate_found',
      ).length,
    }),
    next_action_at: nextActionAt(inboxEvents, attempts)?.toISOString() ?? null,
    items,
  }
}

function nextActionAt(events: InboxEventView[], attempts: PaymentAttemptRow[]): Date | undefined {
  const times = [
    ...events.flatMap((event) => event.runAt?.getTime() ?? []),
    // A sender that does not come back is replaced when its lease ends.
    ...attempts.flatMap(({ nextAt, leaseUntil }) => (nextAt ?? leaseUntil)?.getTime() ?? []),
  ]
  return times.length === 0 ? undefined : new Date(Math.min(...times))
}

function attemptItem(attempt: PaymentAttemptRow): TimelineItem {
  const { id, step, number, status, reason, error } = attempt
  return {
    at: attempt.createdAt.toISOString(),
    kind: 'attempt',
    id,
    title: `${step} ${status}`,
    detail: {
      ...{ number, status, reason, error },
      payment_id: attempt.paymentId,
      amount_cents: toJsonInteger(attempt.amountMinor),
      currency: attempt.currency,
      provider_reference: attempt.providerReference,
      sent_at: attempt.sentAt?.toISOString() ?? null,
      settled_at: attempt.settledAt?.toISOString() ?? null,
      next_at: (attempt.nextAt ?? attempt.leaseUntil)?.toISOString() ?? null,
      check_count: attempt.checkCount,
    },
  }
}

function inboxItem(event: InboxEventView): TimelineItem {
  return {
    at: event.receivedAt.toISOString(),
    kind: 'provider_event',
    id: event.id,
    title: event.type,
    detail: {
      provider_event_id: event.eventId,
      request_id: event.requestId,
      correlation_id: event.correlationId,
      trace_id: traceIdOf(event),
      status: event.status,
      reason: event.reason,
      event_created_at: event.eventCreatedAt.toISOString(),
      attempt_count: event.attemptCount,
      run_at: event.runAt?.toISOString() ?? null,
      applied_at: event.appliedAt?.toISOString() ?? null,
    },
  }
}

function stateItem(change: StateChange): TimelineItem {
  return {
    at: change.createdAt.toISOString(),
    kind: 'state_change',
    id: change.id,
    title: change.kind,
    detail: {
      before: change.before,
      after: change.after,
      actor: change.actor,
      provider_event_id: change.inboxEventId,
      correlation_id: change.correlationId,
    },
  }
}

function journalItem(entry: JournalEntry): TimelineItem {
  return {
    at: entry.createdAt.toISOString(),
    kind: 'journal_entry',
    id: entry.id,
    title: entry.reversesEntryId === null ? entry.kind : `${entry.kind} taken back`,
    detail: {
      reference: entry.reference,
      correlation_id: entry.correlationId,
      revision: entry.revision,
      effective_at: entry.effectiveAt.toISOString(),
      postings: entry.lines.map((line) => ({
        debit: line.debitKind,
        credit: line.creditKind,
        amount_cents: toJsonInteger(line.amountMinor),
        currency: line.currency,
      })),
    },
  }
}

function outboxItem(event: OutboxEventView): TimelineItem {
  return {
    at: event.createdAt.toISOString(),
    kind: 'event',
    id: event.id,
    title: event.type,
    detail: {
      sequence: Number(event.sequence),
      status: event.waiting ? 'waiting' : 'sent',
      correlation_id: event.correlationId,
    },
  }
}
