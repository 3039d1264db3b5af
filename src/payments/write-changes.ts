/** Writes what a transaction collected: state, history, journal and outbox together, each table in one statement. */
import type { NewId } from '../domain/ids.ts'
import type { LedgerAccounts } from '../ledger/accounts.ts'
import { postEntries } from '../ledger/post.ts'
import type { Transaction } from '../store/db.ts'
import { appendOutboxEvents, appendPaymentEvents } from '../store/history.ts'
import { settleIdempotencyKeys } from '../store/idempotency-keys.ts'
import { addRefundRequested } from '../store/payment-attempts.ts'
import { followMerges } from '../store/payment-merges.ts'
import { deleteRefunds } from '../store/subjects.ts'
import {
  disputesTable,
  paymentAttemptsTable,
  paymentsTable,
  payoutsTable,
  refundsTable,
} from '../store/tables.ts'
import { together } from '../store/together.ts'
import type { Changes } from './changes.ts'

/** The provider objects are the caller's to write: it knows which of them are new. */
export async function writeChanges(
  tx: Transaction,
  changes: Changes,
  deps: { newId: NewId; ledgerAccounts: LedgerAccounts; at: Date },
): Promise<void> {
  // Sent in this order, one behind the other, without waiting for each answer.
  await together(
    paymentsTable.upsert(tx, changes.payments),
    followMerges(tx, changes.merges),
    payoutsTable.upsert(tx, changes.payouts),
    deleteRefunds(tx, changes.removedRefundIds),
    refundsTable.upsert(tx, changes.refunds),
    disputesTable.upsert(tx, changes.disputes),
    addRefundRequested(tx, changes.refundRequested),
    paymentAttemptsTable.upsert(tx, changes.attempts),
    settleIdempotencyKeys(tx, changes.answers, deps.at),
    appendPaymentEvents(tx, changes.history, deps.at),
    appendOutboxEvents(tx, changes.outbox, deps.at),
    // Last: it may have to open an account first.
    postEntries(tx, changes, deps),
  )
}
