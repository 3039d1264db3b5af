import type { Queryable } from '../store/db.ts'
import {
  type JournalEntry,
  type JournalFilter,
  type JournalPosition,
  listJournalEntries,
} from '../store/journal-reads.ts'
import type { Scope } from '../store/list-page.ts'

const ENTRIES_PER_READ = 500
const header = [
  'entry_id',
  'effective_at',
  'booked_at',
  'kind',
  'reference',
  'revision',
  'reverses_entry_id',
  'subject_id',
  'posting',
  'debit_account',
  'debit_account_id',
  'credit_account',
  'credit_account_id',
  'amount_minor',
  'currency',
]

/** The journal as CSV (RFC 4180), oldest first, one posting a line. Holds one page in memory, whatever its length. */
export async function* journalCsv(
  database: Queryable,
  scope: Scope,
  filter: JournalFilter,
): AsyncGenerator<string> {
  yield csvLine(header)
  let after: JournalPosition | undefined
  do {
    const page = await listJournalEntries(database, scope, filter, {
      limit: ENTRIES_PER_READ,
      after,
      order: 'oldest_first',
    })
    if (page.items.length > 0) yield page.items.map(entryLines).join('')
    after = page.nextCursor === undefined ? undefined : page.last
  } while (after !== undefined)
}

function entryLines(entry: JournalEntry): string {
  return entry.lines
    .map((line) =>
      csvLine([
        entry.id,
        entry.effectiveAt.toISOString(),
        entry.createdAt.toISOString(),
        entry.kind,
        entry.reference,
        `${entry.revision}`,
        entry.reversesEntryId ?? '',
        entry.subjectId,
        `${line.ordinal}`,
        line.debitKind,
        line.debitAccountId,
        line.creditKind,
        line.creditAccountId,
        `${line.amountMinor}`,
        line.currency,
      ]),
    )
    .join('')
}

function csvLine(fields: string[]): string {
  return `${fields.map(csvField).join(',')}\r\n`
}

/** Spreadsheets run what begins like a formula; an apostrophe tells them that it is text. */
function csvField(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
