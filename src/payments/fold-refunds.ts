import { refundHoldsMoney } from '../domain/payment.ts'
import type { OwnerColumns, RefundRow } from '../store/rows.ts'
import type { Changes } from './changes.ts'
import type { EventType } from './event-types.ts'
import { presentRefund } from './present-refund.ts'
import type { ProjectedPayment } from './project/payment.ts'
import type { ProjectedRefund } from './project/refunds.ts'
import { type ChangeContext, recordChange } from './record-change.ts'
import type { FactEvent } from './subject.ts'

type RefundSubject = OwnerColumns & { id: string; takeSequence: () => bigint }

/** The refund rows of one payment while events are folded into it. */
export type RefundRows = {
  /** by kind and reference */
  rows: Map<string, RefundRow>
  /** what the rows were brought to: a refund nothing new was told of needs no second look */
  seen: Set<ProjectedRefund>
  /** rows to write, by id */
  changed: Map<string, RefundRow>
}

/** Those of a payment that turned out to be this one move here. */
export function openRefundRows(paymentId: string, stored: RefundRow[], at: Date): RefundRows {
  const result: RefundRows = { rows: new Map(), seen: new Set(), changed: new Map() }
  for (const row of stored) {
    const isHere = row.paymentId === paymentId
    const here = isHere ? row : { ...row, paymentId, updatedAt: at }
    result.rows.set(nameOf(row.kind, row.providerReference), here)
    if (!isHere) result.changed.set(here.id, here)
  }
  return result
}

/** Brings the refund rows of a payment to what its facts say. `refunds` is changed in place. */
export function foldRefunds(
  input: {
    subject: RefundSubject
    refunds: RefundRows
    projected: ProjectedPayment
    cause: FactEvent
  },
  changes: Changes,
  context: ChangeContext,
): void {
  const { subject, refunds, projected, cause } = input
  for (const refund of projected.refunds) {
    if (refunds.seen.has(refund)) continue
    refunds.seen.add(refund)
    const name = nameOf(refund.kind, refund.reference)
    const before = refunds.rows.get(name)
    const after = refundRow(subject, refund, before, context)
    const types = refundEventTypes(before, after)
    if (before === undefined && isOneTooMany(refund, projected.refunds, refunds.rows)) {
      types.push('refund.duplicate_found')
    }
    const change = { cause, subject, before, after, types, render: presentRefund }
    if (!recordChange(changes, context, change)) continue
    refunds.rows.set(name, after)
    refunds.changed.set(after.id, after)
  }
  if (refunds.rows.size > projected.refunds.length) removeReplaced(input, changes, context.at)
}

function refundRow(
  subject: RefundSubject,
  refund: ProjectedRefund,
  before: RefundRow | undefined,
  context: ChangeContext,
): RefundRow {
  return {
    id: before?.id ?? context.newId('refund'),
    merchantId: subject.merchantId,
    livemode: subject.livemode,
    providerAccountId: subject.providerAccountId,
    paymentId: subject.id,
    kind: refund.kind,
    providerReference: refund.reference,
    amountMinor: refund.amountMinor,
    currency: refund.currency,
    status: refund.status,
    reason: refund.reason,
    failureReason: refund.failureReason,
    effectiveAt: new Date(refund.atSeconds * 1000),
    createdAt: before?.createdAt ?? context.at,
    updatedAt: context.at,
  }
}

/** One request of ours made several refunds: the provider did not keep to its key. Which is which is all the same. */
function isOneTooMany(
  { operation }: ProjectedRefund,
  refunds: ProjectedRefund[],
  known: ReadonlyMap<string, RefundRow>,
): boolean {
  return (
    operation !== null &&
    refunds.some((one) => one.operation === operation && known.has(nameOf(one.kind, one.reference)))
  )
}

/** An unitemised refund that objects now explain is no refund of its own any more. */
function removeReplaced(
  { refunds, projected }: { refunds: RefundRows; projected: ProjectedPayment },
  changes: Changes,
  at: Date,
): void {
  const told = new Set(projected.refunds.map((refund) => nameOf(refund.kind, refund.reference)))
  for (const [name, row] of refunds.rows) {
    if (told.has(name)) continue
    refunds.rows.delete(name)
    refunds.changed.delete(row.id)
    // One that came and went within this transaction was never stored.
    if (row.createdAt !== at) changes.removedRefundIds.push(row.id)
  }
}

function nameOf(kind: RefundRow['kind'], reference: string): string {
  return `${kind} ${reference}`
}

function refundEventTypes(before: RefundRow | undefined, after: RefundRow): EventType[] {
  const created: EventType[] = before === undefined ? ['refund.created'] : []
  const held = before === undefined || refundHoldsMoney(before.status)
  if (held && !refundHoldsMoney(after.status)) return [...created, 'refund.failed']
  return before === undefined ? created : ['refund.updated']
}
