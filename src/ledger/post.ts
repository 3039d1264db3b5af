/**
 * Ledger: double entry, appended in the transaction of the change it books.
 *
 * In: planned entries. Out: journal entries, postings and the deltas their balances are folded from.
 * Promise: state, history, ledger and event commit together; no fact is booked twice.
 * Imports store and domain only.
 */
import type { NewId } from '../domain/ids.ts'
import type { Transaction } from '../store/db.ts'
import {
  appendJournal,
  type BalanceDeltaRow,
  type JournalEntryRow,
  type LedgerAccountKey,
  type PostingRow,
} from '../store/journal.ts'
import type { OwnerColumns } from '../store/rows.ts'
import type { LedgerAccounts } from './accounts.ts'
import type { PlannedEntry } from './plan-entries.ts'

type EntryToPost = PlannedEntry & OwnerColumns & { subjectId: string; correlationId: string }
type FeePending = OwnerColumns & { currency: string; effectiveAt: Date; count: number }

const BUCKET_MS = 15 * 60 * 1000

export async function postEntries(
  tx: Transaction,
  planned: { entries: EntryToPost[]; feePending: FeePending[] },
  deps: { newId: NewId; ledgerAccounts: LedgerAccounts; at: Date },
): Promise<void> {
  const entries: JournalEntryRow[] = []
  const postings: PostingRow[] = []
  const deltas = new Map<string, BalanceDeltaRow>()
  const deltaOf = async (key: LedgerAccountKey, effectiveAt: Date) => {
    const ledgerAccountId = await deps.ledgerAccounts(key)
    const bucketAt = new Date(Math.floor(effectiveAt.getTime() / BUCKET_MS) * BUCKET_MS)
    const name = `${ledgerAccountId} ${bucketAt.getTime()}`
    const found = deltas.get(name)
    if (found !== undefined) return found
    const fresh = {
      ledgerAccountId,
      bucketAt,
      debitMinor: 0n,
      creditMinor: 0n,
      factCount: 0,
      feePendingCount: 0,
    }
    deltas.set(name, fresh)
    return fresh
  }
  for (const entry of planned.entries) {
    const { merchantId, livemode, providerAccountId, effectiveAt } = entry
    const id = deps.newId('journalEntry')
    const { subjectId, kind, reference, revision, correlationId } = entry
    entries.push({
      ...{ id, merchantId, livemode, providerAccountId, subjectId, kind, reference, revision },
      reversesEntryId: entry.reverses ?? null,
      effectiveAt,
      correlationId,
    })
    const touched = new Set<BalanceDeltaRow>()
    for (const [ordinal, line] of entry.lines.entries()) {
      const { amountMinor, currency } = line
      const owner = { merchantId, livemode, providerAccountId, currency }
      const debit = await deltaOf({ ...owner, kind: line.debit }, effectiveAt)
      const credit = await deltaOf({ ...owner, kind: line.credit }, effectiveAt)
      debit.debitMinor += amountMinor
      credit.creditMinor += amountMinor
      touched.add(debit).add(credit)
      postings.push({
        journalEntryId: id,
        ordinal,
        debitAccountId: debit.ledgerAccountId,
        creditAccountId: credit.ledgerAccountId,
        amountMinor,
        currency,
      })
    }
    for (const delta of touched) delta.factCount += entry.reverses === undefined ? 1 : -1
  }
  for (const { count, effectiveAt, ...owner } of planned.feePending) {
    const delta = await deltaOf({ ...owner, kind: 'gross_revenue' }, effectiveAt)
    delta.feePendingCount += count
  }
  await appendJournal(tx, { entries, postings, deltas: [...deltas.values()], at: deps.at })
}
