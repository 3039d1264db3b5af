import type { PlannedEntry } from '../ledger/plan-entries.ts'
import type { OutboxEventRow, PaymentEventRow } from '../store/history.ts'
import type { SettledAnswer } from '../store/idempotency-keys.ts'
import type { ProviderObjectRow } from '../store/provider-objects.ts'
import type {
  DisputeRow,
  OwnerColumns,
  PaymentAttemptRow,
  PaymentRow,
  PayoutRow,
  RefundRow,
} from '../store/rows.ts'

/** A planned entry with whose books it goes to. */
export type OwnedEntry = PlannedEntry & OwnerColumns & { subjectId: string; correlationId: string }

/** Captures whose fee became pending (+1) or known (-1), by the account and time of the capture. */
export type FeePendingChange = OwnerColumns & { currency: string; effectiveAt: Date; count: number }

/** Everything one transaction is about to write; collected in memory, written set-wise. */
export type Changes = {
  objects: ProviderObjectRow[]
  payments: PaymentRow[]
  /** payments that turned out to be part of another one */
  merges: { from: string; into: string }[]
  refunds: RefundRow[]
  removedRefundIds: string[]
  disputes: DisputeRow[]
  payouts: PayoutRow[]
  history: PaymentEventRow[]
  outbox: OutboxEventRow[]
  entries: OwnedEntry[]
  feePending: FeePendingChange[]
  attempts: PaymentAttemptRow[]
  answers: SettledAnswer[]
  refundRequested: { paymentId: string; amountMinor: bigint }[]
}

export function noChanges(): Changes {
  return {
    objects: [],
    payments: [],
    merges: [],
    refunds: [],
    removedRefundIds: [],
    disputes: [],
    payouts: [],
    history: [],
    outbox: [],
    entries: [],
    feePending: [],
    attempts: [],
    answers: [],
    refundRequested: [],
  }
}
