/** Revenue by a scan of every posting: the peer of the folds, and what their answers have to be equal to. */
import type pg from 'pg'
import { merchantId } from '../../test/support/inbox.ts'

export type RevenueQuestion = {
  /** undefined: from the beginning */
  from?: string
  to: string
  interval: 'total' | 'day' | 'month'
  timezone: string
}

const scan = `
with side as (
  select e.id, e.kind, e.revision, e.provider_account_id, e.reference, a.kind as account, a.currency, s.spent,
    case when $3 = 'total' then $1::timestamptz else date_trunc($3, e.effective_at, $4) end as period
  from journal_entries e join postings p on p.journal_entry_id = e.id
  cross join lateral (values (p.debit_account_id, p.amount_minor), (p.credit_account_id, -p.amount_minor))
    as s(account_id, spent)
  join ledger_accounts a on a.id = s.account_id
  where e.merchant_id = $5 and not e.livemode and ($1::timestamptz is null or e.effective_at >= $1)
    and e.effective_at < $2::timestamptz),
summed as (
  select side.currency, side.period,
    coalesce(-sum(spent) filter (where account = 'gross_revenue'), 0) as gross,
    coalesce(sum(spent) filter (where account in ('processing_fees', 'dispute_fees')), 0) as fees,
    coalesce(sum(spent) filter (where account = 'refunds'), 0) as refunds,
    coalesce(sum(spent) filter (where account = 'disputes'), 0) as disputes,
    coalesce(sum(case side.revision % 2 when 1 then 1 else -1 end) filter (where account = 'gross_revenue'), 0) as count,
    count(*) filter (where account = 'gross_revenue' and side.kind = 'capture' and side.revision % 2 = 1
      and back.id is null and o.facts::text not like '%"balance_transaction:%') as pending
  from side left join journal_entries back on back.reverses_entry_id = side.id
  left join provider_objects o on o.provider_account_id = side.provider_account_id and o.kind = 'charge'
    and o.reference = side.reference and account = 'gross_revenue'
  group by 1, 2)
select currency, period as period_start, gross::float8 as gross_cents, fees::float8 as fees_cents,
  pending::float8 as fees_pending, refunds::float8 as refunds_cents, disputes::float8 as disputes_cents,
  (gross - fees - refunds - disputes)::float8 as net_cents, count::float8 as count
from summed where (gross, fees, pending, refunds, disputes, count) is distinct from (0, 0, 0, 0, 0, 0)
order by period, currency`

/** The items `GET /revenue` has to answer with. */
export async function scanRevenue(
  client: pg.Client,
  { from, to, interval, timezone }: RevenueQuestion,
): Promise<object[]> {
  const values = [from ?? null, to, interval, timezone, merchantId]
  const { rows } = await client.query<{ period_start: Date | null }>(scan, values)
  return rows.map((row) => ({ ...row, period_start: row.period_start?.toISOString() ?? null }))
}
