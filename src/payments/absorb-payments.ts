import type { Changes } from './changes.ts'
import { presentPayment } from './present-payment.ts'
import { type ChangeContext, recordChange } from './record-change.ts'
import type { FactEvent, Subject } from './subject.ts'

/**
 * Takes in the payments that turned out to be this one. Each points here and keeps its last state and its history;
 * its disputes, like its refunds, move with their ids, and so does what was asked of it and is not answered yet. Its objects are among the subject's already, and so is what it
 * booked.
 */
export function absorbPayments(
  subject: Subject,
  cause: FactEvent | undefined,
  changes: Changes,
  context: ChangeContext,
): void {
  if (subject.absorbed.length === 0 || cause === undefined) return
  for (const before of subject.absorbed) {
    let sequence = before.sequence
    const takeSequence = () => {
      sequence += 1n
      return sequence
    }
    const after = { ...before, mergedIntoPaymentId: subject.id, updatedAt: context.at }
    const owner = { ...subject, id: before.id, takeSequence }
    const types = ['payment.merged' as const]
    const change = { cause, subject: owner, before, after, types, render: presentPayment }
    recordChange(changes, context, change)
    changes.payments.push({ ...after, sequence })
    changes.merges.push({ from: before.id, into: subject.id })
  }
  moveAttempts(subject, changes)
  const disputes = subject.disputes.map((row) =>
    row.paymentId === subject.id ? row : { ...row, paymentId: subject.id, updatedAt: context.at },
  )
  changes.disputes.push(...disputes.filter((row, index) => row !== subject.disputes[index]))
  subject.disputes = disputes
}

/** Whoever learns the outcome settles it here; what it may still give back is held here, too. */
function moveAttempts(subject: Subject, changes: Changes): void {
  const moved = subject.attempts.filter(({ paymentId }) => paymentId !== subject.id)
  for (const { id, paymentId, step, amountMinor } of moved) {
    subject.movedAttemptIds.add(id)
    if (step !== 'refund') continue
    changes.refundRequested.push({ paymentId, amountMinor: -amountMinor })
    changes.refundRequested.push({ paymentId: subject.id, amountMinor })
  }
  subject.attempts = subject.attempts.map((row) => ({ ...row, paymentId: subject.id }))
}
