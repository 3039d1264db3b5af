/**
 * Folds events into one payment: merges facts event by event, projects after each, and records every change a
 * person would see. Pure: nothing is written here, everything to write is added to `changes`.
 */
import { DomainError } from '../domain/errors.ts'
import { asBooked } from '../ledger/as-booked.ts'
import { planEntries } from '../ledger/plan-entries.ts'
import type { PaymentAttemptRow, PaymentRow } from '../store/rows.ts'
import { absorbPayments } from './absorb-payments.ts'
import type { Changes } from './changes.ts'
import { firstUndo, nextUndo } from './duplicates.ts'
import { paymentEventTypes } from './event-types.ts'
import { feePendingChanges, toldFees } from './fee-pending.ts'
import { foldDisputes } from './fold-disputes.ts'
import { foldRefunds, openRefundRows } from './fold-refunds.ts'
import { mergeEvent } from './merge-event.ts'
import { presentPayment } from './present-payment.ts'
import { paymentMovements } from './project/movements.ts'
import { type ProjectedPayment, projectPayment } from './project/payment.ts'
import { type ChangeContext, recordChange } from './record-change.ts'
import { answerSettled, awaitsCharge, settleAttempts } from './settle-attempts.ts'
import { type FactEvent, inProviderOrder, type Subject, touchedObjects } from './subject.ts'

export function foldPayment(subject: Subject, changes: Changes, context: ChangeContext): void {
  let projected: ProjectedPayment | undefined
  const stored = subject.payment
  let sequence = stored?.sequence ?? 0n
  const takeSequence = () => {
    sequence += 1n
    return sequence
  }
  const stood = { booked: subject.booked, toldFees: toldFees(subject.objects.values()) }
  const events = inProviderOrder(subject.events)
  absorbPayments(subject, events[0], changes, context)
  const refunds = openRefundRows(subject.id, subject.refunds, context.at)
  for (const event of events) {
    mergeEvent(subject, event)
    projected = projectPayment([...subject.objects.values()])
    // A child that came before its root tells too little; the root is among these events.
    if (projected === undefined) continue
    const before = subject.payment
    const after = paymentRow(subject, projected, event, context)
    const owner = { ...subject, takeSequence }
    const changed = recordChange(changes, context, {
      cause: event,
      subject: owner,
      before,
      after,
      types: paymentEventTypes(before, after),
      render: presentPayment,
    })
    if (changed) subject.payment = after
    foldRefunds({ subject: owner, refunds, projected, cause: event }, changes, context)
    foldDisputes(
      { subject: owner, disputes: subject.disputes, projected, cause: event },
      changes,
      context,
    )
  }
  const last = events.at(-1)
  if (last !== undefined && (subject.payment === undefined || projected === undefined)) {
    throw withoutCurrency(last)
  }
  if (subject.payment === undefined) return
  const owner = Object.assign(subject, { takeSequence })
  const settled = settleAttempts(owner, changes, context)
  followUndo(owner, settled, last, changes, context)
  if (subject.payment !== stored || subject.payment.sequence !== sequence) {
    subject.payment = { ...subject.payment, sequence, updatedAt: context.at }
    changes.payments.push(subject.payment)
  }
  changes.refunds.push(...refunds.changed.values())
  answerSettled(settled, subject.payment, [...refunds.rows.values()], changes)
  changes.objects.push(...touchedObjects(subject))
  if (last === undefined || projected === undefined) return
  const movements = asBooked(paymentMovements(projected), subject.booked)
  const { merchantId, livemode, providerAccountId, id: subjectId } = subject
  const books = { merchantId, livemode, providerAccountId }
  for (const entry of planEntries(subject.booked, movements)) {
    changes.entries.push({ ...entry, ...books, subjectId, correlationId: last.correlationId })
  }
  const now = { movements, toldFees: toldFees(subject.objects.values()) }
  changes.feePending.push(...feePendingChanges(books, stood, now))
}

/** While we wait to hear whether a charge took effect, a status from before it must not invite to another one. */
function statusOf(subject: Subject, projected: ProjectedPayment): ProjectedPayment['status'] {
  const { status } = projected
  const isOpen = status === 'requires_payment_method' || status === 'requires_confirmation'
  const waits = isOpen && subject.payment?.status === 'processing' && awaitsCharge(subject)
  return waits ? 'processing' : status
}

function paymentRow(
  subject: Subject,
  projected: ProjectedPayment,
  cause: FactEvent,
  context: ChangeContext,
): PaymentRow {
  const known = subject.payment
  const original = subject.duplicateOf?.payment
  const instant = (seconds: number | undefined) =>
    seconds === undefined ? null : new Date(seconds * 1000)
  return {
    id: subject.id,
    merchantId: subject.merchantId,
    livemode: subject.livemode,
    providerAccountId: subject.providerAccountId,
    provider: subject.provider,
    origin: known?.origin ?? 'provider',
    userId: known?.userId ?? null,
    reference: known?.reference ?? adoptedReference(subject, projected),
    providerReference: projected.providerReference,
    amountMinor: projected.amountMinor,
    currency: projected.currency,
    status: statusOf(subject, projected),
    captureMethod: projected.captureMethod,
    capturableMinor: projected.capturableMinor,
    receivedMinor: projected.receivedMinor,
    refundedMinor: projected.refundedMinor,
    disputedMinor: projected.disputedMinor,
    description: projected.description,
    metadata: projected.metadata,
    lastError: projected.lastError,
    nextAction: projected.nextAction,
    idempotencyKey: known?.idempotencyKey ?? null,
    correlationId: known?.correlationId ?? cause.correlationId,
    sequence: known?.sequence ?? 0n,
    createdAt: known?.createdAt ?? context.at,
    updatedAt: context.at,
    succeededAt: instant(projected.succeededAtSeconds),
    canceledAt: instant(projected.canceledAtSeconds),
    mergedIntoPaymentId: null,
    duplicateOfPaymentId: known?.duplicateOfPaymentId ?? original?.id ?? null,
    duplicateUndo:
      known === undefined && original !== undefined
        ? firstUndo(original, projected)
        : (known?.duplicateUndo ?? null),
  }
}

/** The merchant's reference that the provider carries, where it names no payment yet. */
function adoptedReference(subject: Subject, { reference }: ProjectedPayment): string | null {
  const { payment, duplicateOf, takenReferences } = subject
  const isAdopted = payment === undefined ? duplicateOf === undefined : isAdoptedRow(payment)
  return isAdopted && reference !== null && !takenReferences.has(reference) ? reference : null
}

function isAdoptedRow({ origin, duplicateOfPaymentId }: PaymentRow): boolean {
  return origin === 'provider' && duplicateOfPaymentId === null
}

/** How far a second effect is undone, once everything else of it is known. */
function followUndo(
  subject: Subject & { takeSequence: () => bigint },
  settled: PaymentAttemptRow[],
  cause: FactEvent | undefined,
  changes: Changes,
  context: ChangeContext,
): void {
  const before = subject.payment
  if (before === undefined || before.duplicateUndo === null) return
  const duplicateUndo = nextUndo(before.duplicateUndo, before, settled)
  if (duplicateUndo === before.duplicateUndo) return
  const after = { ...before, duplicateUndo, updatedAt: context.at }
  const [attempt] = settled
  recordChange(changes, context, {
    cause: cause ?? {
      correlationId: attempt?.correlationId ?? before.correlationId,
      traceContext: attempt?.traceContext ?? null,
      inboxEventId: null,
    },
    subject,
    before,
    after,
    types: paymentEventTypes(before, after),
    render: presentPayment,
  })
  subject.payment = after
}

function withoutCurrency(event: FactEvent): DomainError {
  return new DomainError('event_field_invalid', {
    public: 'The event tells of a payment but not of its currency.',
    internal: `event ${event.eventId}: no currency known for its payment`,
    errors: [{ pointer: '/data/object/currency', detail: 'must be an ISO 4217 code' }],
  })
}
