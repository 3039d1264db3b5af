import { DomainError } from '../domain/errors.ts'
import type { Transaction } from '../store/db.ts'
import type { Scope } from '../store/list-page.ts'
import { lockOpenAttempts, readRefundRequested } from '../store/payment-attempts.ts'
import { listObjectsOfSubjects } from '../store/provider-objects.ts'
import type { PaymentAttemptRow, PaymentRow } from '../store/rows.ts'
import { lockPayments } from '../store/subjects.ts'
import { together } from '../store/together.ts'
import { newestSeconds } from './newest-seconds.ts'

/** A payment under lock, with what a rule about it needs to know. */
export type LockedPayment = {
  payment: PaymentRow
  openAttempts: PaymentAttemptRow[]
  /** refunds under way, whose outcome is not known yet */
  refundRequestedMinor: bigint
  /** the newest fact known, in seconds of the provider's clock */
  knownAtSeconds: bigint
}

const RETRY_SECONDS = 2

/** @throws DomainError `not_found` where it is not there, or not the caller's to see */
export async function lockPayment(
  tx: Transaction,
  scope: Scope,
  id: string,
): Promise<LockedPayment> {
  const [payments, openAttempts, objects, refundRequestedMinor] = await together(
    lockPayments(tx, [id]),
    lockOpenAttempts(tx, [id]),
    listObjectsOfSubjects(tx, [id]),
    readRefundRequested(tx, id),
  )
  const payment = payments.find(
    (row) => row.merchantId === scope.merchantId && row.livemode === scope.livemode,
  )
  if (payment === undefined) throw new DomainError('not_found')
  if (payment.mergedIntoPaymentId !== null) throw new DomainError('payment_merged')
  return {
    payment,
    openAttempts,
    refundRequestedMinor,
    knownAtSeconds: BigInt(newestSeconds(objects)),
  }
}

/** @throws DomainError while the outcome of something else is awaited that this would have to build on */
export function requireNothingOpen({ payment, openAttempts }: LockedPayment): void {
  const open = openAttempts.find((attempt) => attempt.step !== 'refund')
  if (open === undefined) return
  throw new DomainError('payment_operation_in_progress', {
    retryAfterSeconds: RETRY_SECONDS,
    internal: `payment ${payment.id}: ${open.step} ${open.id} is ${open.status}`,
  })
}
