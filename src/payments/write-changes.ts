/** Writes what a transaction collected: state, history, journal and outbox together, each table in one statement. */
import type { NewId } from '../domain/ids.ts'
import type { LedgerAccounts } from '../ledger/accounts.ts'
import { postEntries } from '../ledger/post.ts'
import type { Transaction } from '../store/db.ts'
import { appendOutboxEvents, appendPaymentEvents } from '../store/history.ts'
import { deleteRefunds } from '../store/subjects.ts'
import { disputesTable, paymentsTable, payoutsTable, refundsTable } from '../store/tables.ts'
import type { Changes } from './changes.ts'

/** The provider objects are the caller's to write: it knows which of them are new. */
export async function writeChanges(
  tx: Transaction,
  changes: Changes,
  deps: { newId: NewId; ledgerAccounts: LedgerAccounts; at: Date },
): Promise<void> {
  await paymentsTable.upsert(tx, changes.payments)
  await payoutsTable.upsert(tx, changes.payouts)
  await deleteRefunds(tx, changes.removedRefundIds)
  await refundsTable.upsert(tx, changes.refunds)
  await disputesTable.upsert(tx, changes.disputes)
  await appendPaymentEvents(tx, changes.history, deps.at)
  await postEntries(tx, changes, deps)
  await appendOutboxEvents(tx, changes.outbox, deps.at)
}
