/** The journal: entries and postings, appended and never changed. */
import type { LedgerAccountKind, MovementKind } from '../domain/money-facts.ts'
import type { Queryable, Transaction } from './db.ts'
import { rowsParameter } from './rows-parameter.ts'

export type BookedLine = {
  debit: LedgerAccountKind
  credit: LedgerAccountKind
  amountMinor: bigint
  currency: string
}
/** The newest entry of one fact; `inForce` false when it took the fact back. */
export type BookedFact = {
  entryId: string
  subjectId: string
  kind: MovementKind
  reference: string
  revision: number
  effectiveAt: Date
  inForce: boolean
  lines: BookedLine[]
}

/**
 * The newest entry of every fact of these payments and payouts, told as the owner's. What a payment booked before it
 * turned out to be part of another one stays as it was booked and is the other one's. Entries are asked for subject by
 * subject (`offset 0`): before the table is analyzed the planner may rather read all of it.
 * @param ownerIds for each of `subjectIds` the payment it is part of: itself, unless two are just becoming one
 */
export async function listBookedFacts(
  tx: Transaction,
  subjectIds: string[],
  ownerIds: string[],
): Promise<BookedFact[]> {
  const { rows } = await tx.query<
    Omit<BookedFact, 'lines'> & {
      lines: (Omit<BookedLine, 'amountMinor'> & { amountMinor: string })[]
    }
  >({
    name: 'journal_list_booked_facts',
    text: `with named as materialized (
        select * from unnest($1::text[], $2::text[]) as n(subject_id, owner_id)),
      subject as materialized (
        select * from named union all
        select p.id, n.owner_id from payments p join named n on n.subject_id = p.merged_into_payment_id
        where p.merged_into_payment_id = any($1::text[]))
      select distinct on (s.owner_id, e.kind, e.reference) e.id as "entryId", s.owner_id as "subjectId",
        e.kind, e.reference, e.revision, e.effective_at as "effectiveAt", e.reverses_entry_id is null as "inForce",
        (select json_agg(json_build_object('debit', d.kind, 'credit', c.kind, 'amountMinor', p.amount_minor::text,
            'currency', p.currency) order by p.ordinal)
          from postings p join ledger_accounts d on d.id = p.debit_account_id
          join ledger_accounts c on c.id = p.credit_account_id where p.journal_entry_id = e.id) as lines
      from subject s cross join lateral (
        select * from journal_entries where subject_id = s.subject_id offset 0) e
      order by s.owner_id, e.kind, e.reference, e.revision desc`,
    values: [subjectIds, ownerIds],
  })
  return rows.map((row) => ({
    ...row,
    lines: row.lines.map((line) => ({ ...line, amountMinor: BigInt(line.amountMinor) })),
  }))
}

export type JournalEntryRow = {
  id: string
  merchantId: string
  livemode: boolean
  providerAccountId: string
  subjectId: string
  kind: MovementKind
  reference: string
  revision: number
  reversesEntryId: string | null
  effectiveAt: Date
  correlationId: string
}
export type PostingRow = {
  journalEntryId: string
  ordinal: number
  debitAccountId: string
  creditAccountId: string
  amountMinor: bigint
  currency: string
}
export type BalanceDeltaRow = {
  ledgerAccountId: string
  bucketAt: Date
  debitMinor: bigint
  creditMinor: bigint
  factCount: number
  feePendingCount: number
}

/** One statement for entries, postings and balance deltas: they are one fact said three ways. */
export async function appendJournal(
  tx: Transaction,
  journal: {
    entries: JournalEntryRow[]
    postings: PostingRow[]
    deltas: BalanceDeltaRow[]
    at: Date
  },
): Promise<void> {
  if (journal.entries.length === 0 && journal.deltas.length === 0) return
  await tx.query({
    name: 'journal_append',
    text: `with entries as (
        insert into journal_entries (id, merchant_id, livemode, provider_account_id, subject_id, kind, reference,
          revision, reverses_entry_id, effective_at, correlation_id, created_at)
        select id, "merchantId", livemode, "providerAccountId", "subjectId", kind, reference, revision,
          "reversesEntryId", "effectiveAt", "correlationId", $4
        from json_to_recordset($1) as r(id text, "merchantId" text, livemode boolean, "providerAccountId" text,
          "subjectId" text, kind text, reference text, revision integer, "reversesEntryId" text,
          "effectiveAt" timestamptz, "correlationId" text)),
      posted as (
        insert into postings (journal_entry_id, ordinal, debit_account_id, credit_account_id, amount_minor, currency)
        select "journalEntryId", ordinal, "debitAccountId", "creditAccountId", "amountMinor", currency
        from json_to_recordset($2) as r("journalEntryId" text, ordinal smallint, "debitAccountId" text,
          "creditAccountId" text, "amountMinor" bigint, currency char(3)))
      insert into balance_deltas (ledger_account_id, bucket_at, debit_minor, credit_minor, fact_count, fee_pending_count)
      select "ledgerAccountId", "bucketAt", "debitMinor", "creditMinor", "factCount", "feePendingCount"
      from json_to_recordset($3) as r("ledgerAccountId" text, "bucketAt" timestamptz, "debitMinor" numeric,
        "creditMinor" numeric, "factCount" bigint, "feePendingCount" bigint)`,
    values: [
      rowsParameter(journal.entries),
      rowsParameter(journal.postings),
      rowsParameter(journal.deltas),
      journal.at,
    ],
  })
}

export type LedgerAccountKey = {
  merchantId: string
  livemode: boolean
  providerAccountId: string
  kind: LedgerAccountKind
  currency: string
}

/** The account's id; created when it was missing. In a commit of its own: an account without postings is harmless. */
export async function ensureLedgerAccount(
  database: Queryable,
  key: LedgerAccountKey & { newId: string },
): Promise<string> {
  const values = [key.merchantId, key.livemode, key.providerAccountId, key.kind, key.currency]
  await database.query({
    name: 'ledger_accounts_create',
    text: `insert into ledger_accounts (merchant_id, livemode, provider_account_id, kind, currency, id, created_at)
      values ($1, $2, $3, $4, $5, $6, payonce_clock()) on conflict do nothing`,
    values: [...values, key.newId],
  })
  const { rows } = await database.query<{ id: string }>({
    name: 'ledger_accounts_get',
    text: `select id from ledger_accounts where merchant_id = $1 and livemode = $2 and provider_account_id = $3
      and kind = $4 and currency = $5`,
    values,
  })
  const id = rows[0]?.id
  if (id === undefined)
    throw new Error(`ledger account ${key.kind} ${key.currency} was not created`)
  return id
}
