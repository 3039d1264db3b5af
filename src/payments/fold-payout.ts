import { DomainError } from '../domain/errors.ts'
import { planEntries } from '../ledger/plan-entries.ts'
import { payoutMovements } from '../ledger/rules.ts'
import type { PayoutRow } from '../store/rows.ts'
import type { Changes } from './changes.ts'
import type { EventType } from './event-types.ts'
import { mergeEvent } from './merge-event.ts'
import { presentPayout } from './present-payout.ts'
import { type ProjectedPayout, projectPayout } from './project/payout.ts'
import { type ChangeContext, recordChange } from './record-change.ts'
import { type FactEvent, inProviderOrder, type Subject, touchedObjects } from './subject.ts'

/** Folds events into one payout, as `foldPayment` does for a payment. */
export function foldPayout(subject: Subject, changes: Changes, context: ChangeContext): void {
  let projected: ProjectedPayout | undefined
  const stored = subject.payout
  let sequence = stored?.sequence ?? 0n
  const takeSequence = () => {
    sequence += 1n
    return sequence
  }
  const events = inProviderOrder(subject.events)
  for (const event of events) {
    mergeEvent(subject, event)
    projected = projectPayout([...subject.objects.values()])
    if (projected === undefined) continue
    const before = subject.payout
    const after = payoutRow(subject, projected, event, context)
    const types = payoutEventTypes(before, after)
    const change = { cause: event, subject: { ...subject, takeSequence }, before, after, types }
    if (recordChange(changes, context, { ...change, render: presentPayout })) subject.payout = after
  }
  const last = events.at(-1)
  if (last === undefined) return
  if (subject.payout === undefined || projected === undefined) throw withoutCurrency(last)
  if (subject.payout !== stored || subject.payout.sequence !== sequence) {
    subject.payout = { ...subject.payout, sequence, updatedAt: context.at }
    changes.payouts.push(subject.payout)
  }
  changes.objects.push(...touchedObjects(subject))
  const { merchantId, livemode, providerAccountId, id: subjectId } = subject
  for (const entry of planEntries(subject.booked, payoutMovements(projected))) {
    const owner = { merchantId, livemode, providerAccountId, subjectId }
    changes.entries.push({ ...entry, ...owner, correlationId: last.correlationId })
  }
}

function payoutRow(
  subject: Subject,
  projected: ProjectedPayout,
  cause: FactEvent,
  context: ChangeContext,
): PayoutRow {
  const known = subject.payout
  const arrival = projected.arrivalAtSeconds
  return {
    id: subject.id,
    merchantId: subject.merchantId,
    livemode: subject.livemode,
    providerAccountId: subject.providerAccountId,
    providerReference: projected.providerReference,
    amountMinor: projected.amountMinor,
    currency: projected.currency,
    status: projected.status,
    arrivalOn: arrival === undefined ? null : new Date(arrival * 1000).toISOString().slice(0, 10),
    failureReason: projected.failureReason,
    effectiveAt: new Date(projected.atSeconds * 1000),
    correlationId: known?.correlationId ?? cause.correlationId,
    sequence: known?.sequence ?? 0n,
    createdAt: known?.createdAt ?? context.at,
    updatedAt: context.at,
  }
}

function payoutEventTypes(before: PayoutRow | undefined, after: PayoutRow): EventType[] {
  const created: EventType[] = before === undefined ? ['payout.created'] : []
  if (before?.status === after.status) return ['payout.updated']
  switch (after.status) {
    case 'paid':
      return [...created, 'payout.paid']
    case 'failed':
    case 'canceled':
      return [...created, 'payout.failed']
    case 'pending':
    case 'in_transit':
      return before === undefined ? created : ['payout.updated']
  }
}

function withoutCurrency(event: FactEvent): DomainError {
  return new DomainError('event_field_invalid', {
    public: 'The event tells of a payout but not of its currency.',
    internal: `event ${event.eventId}: no currency known for its payout`,
    errors: [{ pointer: '/data/object/currency', detail: 'must be an ISO 4217 code' }],
  })
}
