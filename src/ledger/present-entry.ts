import type { JournalEntry } from '../store/journal-reads.ts'
import type { LedgerAccountBalance } from '../store/ledger-accounts.ts'

/** A journal entry with its postings, on the wire. */
export function presentEntry(entry: JournalEntry) {
  return {
    id: entry.id,
    payment_id: entry.subjectId.startsWith('pay_') ? entry.subjectId : null,
    payout_id: entry.subjectId.startsWith('po_') ? entry.subjectId : null,
    kind: entry.kind,
    reference: entry.reference,
    revision: entry.revision,
    reverses_entry_id: entry.reversesEntryId,
    effective_at: entry.effectiveAt.toISOString(),
    correlation_id: entry.correlationId,
    created_at: entry.createdAt.toISOString(),
    postings: entry.lines.map((line) => ({
      debit_account_id: line.debitAccountId,
      debit: line.debitKind,
      credit_account_id: line.creditAccountId,
      credit: line.creditKind,
      amount_cents: line.amountMinor,
      currency: line.currency,
    })),
  }
}

/** An account and its balance, debit minus credit, on the wire. */
export function presentAccount(account: LedgerAccountBalance) {
  return {
    id: account.id,
    provider_account_id: account.providerAccountId,
    kind: account.kind,
    currency: account.currency,
    debit_cents: account.debitMinor,
    credit_cents: account.creditMinor,
    balance_cents: account.debitMinor - account.creditMinor,
    created_at: account.createdAt.toISOString(),
  }
}
