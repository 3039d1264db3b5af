import { refundHoldsMoney } from '../domain/payment.ts'
import type { OwnerColumns, RefundRow } from '../store/rows.ts'
import type { Changes } from './changes.ts'
import type { EventType } from './event-types.ts'
import { presentRefund } from './present-refund.ts'
import type { ProjectedPayment } from './project/payment.ts'
import { type ChangeContext, recordChange } from './record-change.ts'
import type { FactEvent } from './subject.ts'

/** Brings the refund rows of a payment to what its facts say. `refunds` is changed in place. */
export function foldRefunds(
  input: {
    subject: OwnerColumns & { id: string; takeSequence: () => bigint }
    refunds: RefundRow[]
    projected: ProjectedPayment
    cause: FactEvent
  },
  changes: Changes,
  context: ChangeContext,
): void {
  const { subject, refunds, projected, cause } = input
  for (const refund of projected.refunds) {
    const index = refunds.findIndex(
      (row) => row.kind === refund.kind && row.providerReference === refund.reference,
    )
    const before = refunds[index]
    const after: RefundRow = {
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
    const types = refundEventTypes(before, after)
    if (
      !recordChange(changes, context, {
        cause,
        subject,
        before,
        after,
        types,
        render: presentRefund,
      })
    )
      continue
    if (before === undefined) refunds.push(after)
    else refunds[index] = after
    changes.refunds = [...changes.refunds.filter((row) => row.id !== after.id), after]
  }
  removeReplaced(input, changes, context.at)
}

/** An unitemised refund that objects now explain is no refund of its own any more. */
function removeReplaced(
  { refunds, projected }: { refunds: RefundRow[]; projected: ProjectedPayment },
  changes: Changes,
  at: Date,
): void {
  const replaced = refunds.filter(
    (row) =>
      !projected.refunds.some(
        (refund) => refund.kind === row.kind && refund.reference === row.providerReference,
      ),
  )
  for (const row of replaced) {
    refunds.splice(refunds.indexOf(row), 1)
    // One that came and went within this transaction was never stored.
    if (row.createdAt !== at) changes.removedRefundIds.push(row.id)
    changes.refunds = changes.refunds.filter((pending) => pending.id !== row.id)
  }
}

function refundEventTypes(before: RefundRow | undefined, after: RefundRow): EventType[] {
  const created: EventType[] = before === undefined ? ['refund.created'] : []
  const held = before === undefined || refundHoldsMoney(before.status)
  if (held && !refundHoldsMoney(after.status)) return [...created, 'refund.failed']
  return before === undefined ? created : ['refund.updated']
}
