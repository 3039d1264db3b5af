/** The journal as it is read: entries with their lines, newest first for a page, oldest first for an export. */
import type { LedgerAccountKind, MovementKind } from '../domain/money-facts.ts'
import type { Queryable } from './db.ts'
import { type Condition, cutPage, type Page, type Scope, when } from './list-page.ts'

export type JournalLine = {
  ordinal: number
  debitAccountId: string
  debitKind: LedgerAccountKind
  creditAccountId: string
  creditKind: LedgerAccountKind
  amountMinor: bigint
  currency: string
}
export type JournalEntry = {
  id: string
  subjectId: string
  kind: MovementKind
  reference: string
  revision: number
  reversesEntryId: string | null
  effectiveAt: Date
  correlationId: string
  createdAt: Date
  lines: JournalLine[]
}
export type JournalFilter = {
  /** a payment or payout, and what turned out to be part of it */
  subjectIds?: string[] | undefined
  from?: Date | undefined
  to?: Date | undefined
}
/** Where a page begins: the entry's time to the microsecond, in UTC, and its id. */
export type JournalPosition = { effectiveAt: string; id: string }

type Raw = Omit<JournalEntry, 'lines'> & {
  position: string
  lines: (Omit<JournalLine, 'amountMinor'> & { amountMinor: string })[]
}

const select = `select t.id,
    coalesce((select m.merged_into_payment_id from payments m where m.id = t.subject_id), t.subject_id) as "subjectId", t.kind, t.reference, t.revision,
    t.reverses_entry_id as "reversesEntryId", t.effective_at as "effectiveAt", t.correlation_id as "correlationId",
    t.created_at as "createdAt",
    to_char(t.effective_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as position,
    coalesce((select json_agg(json_build_object('ordinal', p.ordinal, 'debitAccountId', p.debit_account_id,
        'debitKind', d.kind, 'creditAccountId', p.credit_account_id, 'creditKind', c.kind,
        'amountMinor', p.amount_minor::text, 'currency', p.currency) order by p.ordinal)
      from postings p join ledger_accounts d on d.id = p.debit_account_id
      join ledger_accounts c on c.id = p.credit_account_id where p.journal_entry_id = t.id), '[]') as lines
  from journal_entries t`

/** `newest first` below a position, or `oldest first` above it. */
export async function listJournalEntries(
  database: Queryable,
  scope: Scope,
  filter: JournalFilter,
  page: {
    limit: number
    after: JournalPosition | undefined
    order: 'newest_first' | 'oldest_first'
  },
): Promise<Page<JournalEntry> & { last: JournalPosition | undefined }> {
  const newestFirst = page.order === 'newest_first'
  const conditions: Condition[] = [
    ...when(filter.subjectIds, 'subject', 't.subject_id = any(?::text[])'),
    ...when(filter.from, 'from', 't.effective_at >= ?'),
    ...when(filter.to, 'to', 't.effective_at < ?'),
  ]
  const values: unknown[] = [scope.merchantId, scope.livemode, page.limit + 1]
  const clauses = conditions.map(({ sql, value }) => {
    values.push(value)
    return sql.replace('?', `$${values.length}`)
  })
  if (page.after !== undefined) {
    const { length } = values
    clauses.push(
      `(t.effective_at, t.id) ${newestFirst ? '<' : '>'} ($${length + 1}::timestamptz, $${length + 2})`,
    )
    values.push(page.after.effectiveAt, page.after.id)
  }
  const name = [page.order, ...conditions.map((condition) => condition.name)].join('_')
  const direction = newestFirst ? 'desc' : 'asc'
  const { rows } = await database.query<Raw>({
    name: `journal_list_${name}${page.after === undefined ? '' : '_after'}`,
    text: `${select} where ${['t.merchant_id = $1', 't.livemode = $2', ...clauses].join(' and ')}
      order by t.effective_at ${direction}, t.id ${direction} limit $3`,
    values,
  })
  const { items, nextCursor } = cutPage(rows, page.limit, (row) => row.id)
  const last = items.at(-1)
  return {
    items: items.map(toEntry),
    nextCursor,
    last: last === undefined ? undefined : { effectiveAt: last.position, id: last.id },
  }
}

function toEntry({ position: _, ...raw }: Raw): JournalEntry {
  return {
    ...raw,
    lines: raw.lines.map((line) => ({ ...line, amountMinor: BigInt(line.amountMinor) })),
  }
}
