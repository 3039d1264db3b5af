/** Revenue: activity per account and period, folded into days, hours and 15-minute buckets, its edges from the journal. */
import type { LedgerAccountKind } from '../domain/money-facts.ts'
import type { Queryable } from './db.ts'
import { feeToldSql } from './fee-told.ts'
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
  /** debits less credits */
  spentMinor: bigint
  factCount: bigint
  feePendingCount: bigint
}
export type ActivityStretch = { from: Date; to: Date; period: number }
export type ActivityQuestion = {
  currency: string | undefined
  /** each of whole days, hours, buckets in UTC */
  days: ActivityStretch[]
  hours: ActivityStretch[]
  buckets: ActivityStretch[]
  /** shorter than a bucket, or not aligned to them */
  edges: ActivityStretch[]
}
type Raw = { [Field in keyof Activity]: Activity[Field] extends bigint ? string : Activity[Field] }

const sums = `sum(debit_minor) - sum(credit_minor) as spent, sum(fact_count) as facts, sum(fee_pending_count) as pending`
const stretchesOf = (first: number) =>
  `unnest($${first}::timestamptz[], $${first + 1}::timestamptz[], $${first + 2}::int[]) as p("from", "to", period)`

/** Whole spans, and the deltas in them that are not folded yet. */
const spansSql = (seconds: number, first: number) => `
    select a.id, p.period, d.spent, d.facts, d.pending from ${stretchesOf(first)}, account a
    cross join lateral (
      select ${sums} from balance_spans where ledger_account_id = a.id and span_seconds = ${seconds}
        and starts_at >= p."from" and starts_at < p."to"
      union all
      select ${sums} from balance_deltas where ledger_account_id = a.id and not is_folded
        and bucket_at >= p."from" and bucket_at < p."to") d
    where d.facts is not null`

// How many entries an edge has is not known to the planner, which may prefer to read whole tables; edges and what hangs
// on their entries are therefore asked for one by one (`offset 0`, a select around each `exists`), which only an index serves.
// A fact counts once per account it touches, and minus once where it is taken back.
const text = `with account as materialized (${accounts}),
  folded as (${spansSql(86_400, 4)}
    union all ${spansSql(3_600, 7)}
    union all
    select a.id, p.period, d.spent, d.facts, d.pending from ${stretchesOf(10)}, account a
    cross join lateral (
      select ${sums} from balance_deltas
      where ledger_account_id = a.id and bucket_at >= p."from" and bucket_at < p."to") d
    where d.facts is not null),
  edge as (
    select p.period, e.id as entry_id, e.kind as entry_kind, e.provider_account_id, e.reference, e.revision
    from ${stretchesOf(13)} cross join lateral (
      select * from journal_entries where merchant_id = $1 and livemode = $2
        and effective_at >= p."from" and effective_at < p."to" offset 0) e),
  edge_side as (
    select s.account_id as id, edge.period, sum(s.spent) as spent,
      case when edge.revision % 2 = 1 then 1 else -1 end as facts, 0 as pending
    from edge cross join lateral (
      select * from postings where journal_entry_id = edge.entry_id offset 0) l
    cross join lateral (values (l.debit_account_id, l.amount_minor), (l.credit_account_id, -l.amount_minor))
      as s(account_id, spent)
    group by edge.entry_id, s.account_id, edge.period, edge.revision),
  edge_pending as (
    select l.credit_account_id as id, edge.period, 0 as spent, 0 as facts, 1 as pending
    from edge cross join lateral (
      select * from postings where journal_entry_id = edge.entry_id and ordinal = 0 offset 0) l
    where edge.entry_kind = 'capture' and edge.revision % 2 = 1
      and (select exists (select from journal_entries r where r.reverses_entry_id = edge.entry_id)) is false
      and (select ${feeToldSql('edge')}) is false)
  select account.currency, account.kind, a.period, sum(a.spent)::text as "spentMinor",
    sum(a.facts)::text as "factCount", sum(a.pending)::text as "feePendingCount"
  from (select * from folded union all select * from edge_side union all select * from edge_pending) a
  join account using (id)
  group by 1, 2, 3`

export async function readActivity(
  database: Queryable,
  scope: Scope,
  { currency, days, hours, buckets, edges }: ActivityQuestion,
): Promise<Activity[]> {
  const { rows } = await database.query<Raw>({
    name: 'revenue_activity',
    text,
    values: [
      scope.merchantId,
      scope.livemode,
      currency ?? null,
      ...columnsOf(days),
      ...columnsOf(hours),
      ...columnsOf(buckets),
      ...columnsOf(edges),
    ],
  })
  return rows.map((row) => ({
    ...row,
    spentMinor: BigInt(row.spentMinor),
    factCount: BigInt(row.factCount),
    feePendingCount: BigInt(row.feePendingCount),
  }))
}

function columnsOf(stretches: ActivityStretch[]): [Date[], Date[], number[]] {
  return [
    stretches.map((stretch) => stretch.from),
    stretches.map((stretch) => stretch.to),
    stretches.map((stretch) => stretch.period),
  ]
}
