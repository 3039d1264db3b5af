import type { DisputeRow, OwnerColumns } from '../store/rows.ts'
import type { Changes } from './changes.ts'
import type { EventType } from './event-types.ts'
import { presentDispute } from './present-dispute.ts'
import type { ProjectedPayment } from './project/payment.ts'
import { type ChangeContext, recordChange } from './record-change.ts'
import type { FactEvent } from './subject.ts'

const closedStatuses = new Set(['won', 'lost', 'warning_closed', 'prevented'])

/** Brings the dispute rows of a payment to what its facts say. `disputes` is changed in place. */
export function foldDisputes(
  input: {
    subject: OwnerColumns & { id: string; takeSequence: () => bigint }
    disputes: DisputeRow[]
    projected: ProjectedPayment
    cause: FactEvent
  },
  changes: Changes,
  context: ChangeContext,
): void {
  const { subject, disputes, projected, cause } = input
  for (const dispute of projected.disputes) {
    const index = disputes.findIndex((row) => row.providerReference === dispute.reference)
    const before = disputes[index]
    const due = dispute.evidenceDueAtSeconds
    const after: DisputeRow = {
      id: before?.id ?? context.newId('dispute'),
      merchantId: subject.merchantId,
      livemode: subject.livemode,
      providerAccountId: subject.providerAccountId,
      paymentId: subject.id,
      providerReference: dispute.reference,
      amountMinor: dispute.amountMinor,
      currency: dispute.currency,
      status: dispute.status,
      reason: dispute.reason,
      evidenceDueAt: due === undefined ? null : new Date(due * 1000),
      effectiveAt: new Date(dispute.openedAtSeconds * 1000),
      createdAt: before?.createdAt ?? context.at,
      updatedAt: context.at,
    }
    const types = disputeEventTypes(before, after)
    if (
      !recordChange(changes, context, {
        cause,
        subject,
        before,
        after,
        types,
        render: presentDispute,
      })
    )
      continue
    if (before === undefined) disputes.push(after)
    else disputes[index] = after
    changes.disputes = [...changes.disputes.filter((row) => row.id !== after.id), after]
  }
}

function disputeEventTypes(before: DisputeRow | undefined, after: DisputeRow): EventType[] {
  const opened: EventType[] = before === undefined ? ['dispute.opened'] : []
  const closes = closedStatuses.has(after.status) && before?.status !== after.status
  if (closes) return [...opened, 'dispute.closed']
  return before === undefined ? opened : ['dispute.updated']
}
