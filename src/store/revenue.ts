/** Revenue: activity per account and period, folded from 15-minute buckets, its edges from the journal. */
import type { LedgerAccountKind } from '../domain/money-facts.ts'
import type { Queryable } from './db.ts'
import type { Scope } from './list-page.ts'

const REVENUE_KINDS = `('gross_revenue', 'refunds', 'disputes', 'processing_fees', 'dispute_fees')`
const accounts = `select id, kind, currency from ledger_accounts
  where merchant_id = $1 and livemode = $2 and kind in ${REVENUE_KINDS} and ($3::text is null or currency = $3)`

/** The database's time, and the first and last bucket with activity; null when there is none. */
export type ActivityExtent = { now: Date; first: Date | null; last: Date | null }

export async function readActivityExtent(
  database: Queryable,
  scope: Scope,
  currency: string | undefined,
): Promise<ActivityExtent> {
  const { rows } = await database.query<ActivityExtent>({
    name: 'revenue_extent',
    text: `select payonce_clock() as now,
        min((select bucket_at from balance_deltas d where d.ledger_account_id = a.id order by bucket_at limit 1)) as first,
        max((select bucket_at from balance_deltas d where d.ledger_account_id = a.id order by bucket_at desc limit 1)) as last
      from (${accounts}) a`,
    values: [scope.merchantId, scope.livemode, currency ?? null],
  })
  const [extent] = rows
  if (extent === undefined) throw new Error('an aggregate gave no row')
  return extent
}

export type Activity = {
  currency: string
  kind: LedgerAccountKind
  /** number of the period, from 0 */
  period: number
  debitMinor: bigint
  creditMinor: bigint
  factCount: bigint
  feePendingCount: bigint
}
export type ActivityQuestion = {
  currency: string | undefined
  /** whole buckets between, but for `cutBuckets` */
  from: Date
  to: Date
  cutBuckets: Date[]
  /** where periods begin, ascending */
  starts: Date[]
  edges: { from: Date; to: Date; period: number }[]
}
type Raw = { [Field in keyof Activity]: Activity[Field] extends bigint ? string : Activity[Field] }

// A fact counts once per account it touches, and minus once where it is taken back.
const text = `with account as materialized (${accounts}),
  bucket as (
    select d.ledger_account_id as id, case when cardinality($7::timestamptz[]) = 1 then 0
        else width_bucket(d.bucket_at, $7::timestamptz[]) - 1 end as period,
      d.debit_minor as debit, d.credit_minor as credit, d.fact_count as facts, d.fee_pending_count as pending
    from balance_deltas d
    where d.ledger_account_id in (select id from account) and d.bucket_at >= $4 and d.bucket_at < $5
      and d.bucket_at <> all($6::timestamptz[])),
  edge as (
    select p.*, e.id as entry_id, e.kind as entry_kind, e.reference, e.revision
    from unnest($8::timestamptz[], $9::timestamptz[], $10::int[]) as p("from", "to", period)
    join journal_entries e on e.merchant_id = $1 and e.livemode = $2
      and e.effective_at >= p."from" and e.effective_at < p."to"),
  edge_side as (
    select s.account_id as id, edge.period, sum(s.debit) as debit, sum(s.credit) as credit,
      case when edge.revision % 2 = 1 then 1 else -1 end as facts, 0 as pending
    from edge join postings l on l.journal_entry_id = edge.entry_id
    cross join lateral (values (l.debit_account_id, l.amount_minor, 0), (l.credit_account_id, 0, l.amount_minor))
      as s(account_id, debit, credit)
    group by edge.entry_id, s.account_id, edge.period, edge.revision),
  edge_pending as (
    select l.credit_account_id as id, edge.period, 0 as debit, 0 as credit, 0 as facts, 1 as pending
    from edge join postings l on l.journal_entry_id = edge.entry_id and l.ordinal = 0
    where edge.entry_kind = 'capture' and edge.revision % 2 = 1
      and not exists (select from journal_entries r where r.reverses_entry_id = edge.entry_id)
      and not exists (select from journal_entries f where f.merchant_id = $1 and f.livemode = $2 and f.kind = 'fee'
        and f.reference = edge.reference and f.revision % 2 = 1
        and not exists (select from journal_entries r where r.reverses_entry_id = f.id)))
  select account.currency, account.kind, a.period, sum(a.debit)::text as "debitMinor", sum(a.credit)::text as "creditMinor",
    sum(a.facts)::text as "factCount", sum(a.pending)::text as "feePendingCount"
  from (
    select id, period, sum(debit) as debit, sum(credit) as credit, sum(facts) as facts, sum(pending) as pending
      from bucket group by id, period
    union all select id, period, debit, credit, facts, pending from edge_side
    union all select id, period, debit, credit, facts, pending from edge_pending) a
  join account using (id)
  group by 1, 2, 3`

export async function readActivity(
  database: Queryable,
  scope: Scope,
  question: ActivityQuestion,
): Promise<Activity[]> {
  const { edges } = question
  const { rows } = await database.query<Raw>({
    name: 'revenue_activity',
    text,
    values: [
      scope.merchantId,
      scope.livemode,
      question.currency ?? null,
      question.from,
      question.to,
      question.cutBuckets,
      question.starts,
      edges.map((edge) => edge.from),
      edges.map((edge) => edge.to),
      edges.map((edge) => edge.period),
    ],
  })
  return rows.map((row) => ({
    ...row,
    debitMinor: BigInt(row.debitMinor),
    creditMinor: BigInt(row.creditMinor),
    factCount: BigInt(row.factCount),
    feePendingCount: BigInt(row.feePendingCount),
  }))
}
