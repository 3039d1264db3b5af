import type { Database } from './db.ts'

const DELTAS_PER_COMPACTION_MAX = 5_000

/**
 * Adds deltas to the one row of their account and bucket, and to their hour and day. A delta another transaction is
 * just appending is not seen and added next time; the sum is the same at every moment, because one statement does all
 * of it. Rows are written in the order of their keys, so that two workers wait for each other instead of deadlocking.
 * @returns how many deltas were added
 */
export async function compactBalances(database: Database): Promise<number> {
  const { rows } = await database.query<{ added: number }>({
    name: 'balance_deltas_compact',
    text: `with picked as materialized (
        select id from balance_deltas where not is_folded limit ${DELTAS_PER_COMPACTION_MAX} for update skip locked),
      gone as (
        delete from balance_deltas d using picked where d.id = picked.id and not d.is_folded
        returning d.ledger_account_id, d.bucket_at, d.debit_minor, d.credit_minor, d.fact_count, d.fee_pending_count),
      buckets as (
        insert into balance_deltas as kept (ledger_account_id, bucket_at, debit_minor, credit_minor, fact_count,
          fee_pending_count, is_folded)
        select ledger_account_id, bucket_at, sum(debit_minor), sum(credit_minor), sum(fact_count),
          sum(fee_pending_count), true
        from gone group by 1, 2 order by 1, 2
        on conflict (ledger_account_id, bucket_at) where is_folded do update set
          debit_minor = kept.debit_minor + excluded.debit_minor,
          credit_minor = kept.credit_minor + excluded.credit_minor,
          fact_count = kept.fact_count + excluded.fact_count,
          fee_pending_count = kept.fee_pending_count + excluded.fee_pending_count),
      spans as (
        insert into balance_spans as kept (ledger_account_id, span_seconds, starts_at, debit_minor, credit_minor,
          fact_count, fee_pending_count)
        select ledger_account_id, span, date_bin(make_interval(secs => span), bucket_at, 'epoch'), sum(debit_minor),
          sum(credit_minor), sum(fact_count), sum(fee_pending_count)
        from gone cross join (values (3600), (86400)) as spans(span) group by 1, 2, 3 order by 1, 2, 3
        on conflict (ledger_account_id, span_seconds, starts_at) do update set
          debit_minor = kept.debit_minor + excluded.debit_minor,
          credit_minor = kept.credit_minor + excluded.credit_minor,
          fact_count = kept.fact_count + excluded.fact_count,
          fee_pending_count = kept.fee_pending_count + excluded.fee_pending_count)
      select count(*)::int as added from gone`,
  })
  return rows[0]?.added ?? 0
}
