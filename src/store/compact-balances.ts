import type { Database } from './db.ts'

const DELTAS_PER_COMPACTION_MAX = 5_000

/**
 * Merges deltas of one account and bucket into one row. A delta another transaction is just appending is not seen
 * and merged next time; the sum is the same at every moment, because one statement deletes and inserts.
 * @returns how many rows fewer there are
 */
export async function compactBalances(database: Database): Promise<number> {
  const { rows } = await database.query<{ removed: number }>({
    name: 'balance_deltas_compact',
    text: `with crowded as materialized (
        select ledger_account_id, bucket_at from balance_deltas group by 1, 2 having count(*) > 1
        order by 2 desc limit 200),
      picked as materialized (
        select d.id from balance_deltas d join crowded using (ledger_account_id, bucket_at)
        order by d.id limit ${DELTAS_PER_COMPACTION_MAX} for update of d skip locked),
      gone as (
        delete from balance_deltas d using picked where d.id = picked.id
        returning d.ledger_account_id, d.bucket_at, d.debit_minor, d.credit_minor, d.fact_count, d.fee_pending_count),
      merged as (
        insert into balance_deltas (ledger_account_id, bucket_at, debit_minor, credit_minor, fact_count, fee_pending_count)
        select ledger_account_id, bucket_at, sum(debit_minor), sum(credit_minor), sum(fact_count), sum(fee_pending_count)
        from gone group by 1, 2 returning 1)
      select ((select count(*) from gone) - (select count(*) from merged))::int as removed`,
  })
  return rows[0]?.removed ?? 0
}
