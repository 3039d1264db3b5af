/**
 * Second effects: objects at the provider that carry an operation of ours which has its payment already. How far one is
 * undone follows from its facts and from what became of the request to undo it. Pure.
 */
import type { DuplicateUndo } from '../domain/payment.ts'
import type { PaymentAttemptRow, PaymentRow } from '../store/rows.ts'

type Undone = Pick<PaymentRow, 'status' | 'receivedMinor' | 'refundedMinor' | 'disputedMinor'>

/**
 * What is to become of a second effect when it is first told of. One of another amount is not what was asked for: somebody
 * may have copied our mark onto an object of their own, so a person decides.
 */
export function firstUndo(
  original: Pick<PaymentRow, 'amountMinor' | 'currency'>,
  duplicate: Pick<PaymentRow, 'amountMinor' | 'currency'>,
): DuplicateUndo {
  const isAlike =
    original.amountMinor === duplicate.amountMinor && original.currency === duplicate.currency
  return isAlike ? 'due' : 'left'
}

/** @param settled attempts on it whose outcome became known just now */
export function nextUndo(
  undo: DuplicateUndo,
  now: Undone,
  settled: Pick<PaymentAttemptRow, 'step' | 'status'>[],
): DuplicateUndo {
  if (isUndone(now)) return 'undone'
  const wasRefused = (step: string) =>
    settled.some((one) => one.step === step && one.status !== 'succeeded')
  switch (undo) {
    case 'due':
      // The bank takes the money back by itself; giving it back as well would give it twice.
      return now.disputedMinor > 0n ? 'left' : 'due'
    case 'canceling':
      // It was charged before it could be canceled.
      if (now.receivedMinor > 0n) return 'due'
      return wasRefused('cancel') ? 'left' : 'canceling'
    case 'refunding':
      return wasRefused('refund') ? 'left' : 'refunding'
    // The refund came back: what the provider could not give back, a person has to.
    case 'undone':
    case 'left':
      return 'left'
  }
}

/** A charge that failed ends nothing: its intent may be confirmed once more until it is canceled. */
function isUndone({ status, receivedMinor, refundedMinor }: Undone): boolean {
  if (receivedMinor > 0n) return refundedMinor >= receivedMinor
  return status === 'canceled'
}
