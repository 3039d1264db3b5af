/** Questions whose every answer is something wrong with the books. Each reads the whole ledger. */
import type { Queryable } from './db.ts'
import { feeToldSql } from './fee-told.ts'

/** `expected` by the journal, or by the rule; `found` where it is kept. */
export type LedgerFinding = { check: string; subject: string; expected: string; found: string }

/** A broken ledger can be wrong everywhere; so many findings say so well enough. */
export const FINDINGS_PER_CHECK_MAX = 100

const sides = `select p.journal_entry_id, p.currency, s.account_id, s.debit, s.credit from postings p
  cross join lateral (values (p.debit_account_id, p.amount_minor, 0), (p.credit_account_id, 0, p.amount_minor))
    as s(account_id, debit, credit)`
// Odd revisions that nothing took back.
const inForce = `select e.* from journal_entries e where e.revision % 2 = 1
  and not exists (select from journal_entries r where r.reverses_entry_id = e.id)`

const checks = {
  balance_equals_postings: `
    with posted as (select account_id, sum(debit) as debit, sum(credit) as credit from (${sides}) s group by 1),
      folded as (select ledger_account_id, sum(debit_minor) as debit, sum(credit_minor) as credit
        from balance_deltas group by 1)
    select a.id as subject,
      coalesce(p.debit, 0) || ' debit, ' || coalesce(p.credit, 0) || ' credit' as expected,
      coalesce(f.debit, 0) || ' debit, ' || coalesce(f.credit, 0) || ' credit' as found
    from ledger_accounts a left join posted p on p.account_id = a.id left join folded f on f.ledger_account_id = a.id
    where coalesce(p.debit, 0) <> coalesce(f.debit, 0) or coalesce(p.credit, 0) <> coalesce(f.credit, 0)`,
  bucket_equals_postings: `
    with posted as (
      select s.account_id, to_timestamp(floor(extract(epoch from e.effective_at) / 900) * 900) as bucket_at,
        sum(s.debit - s.credit) as balance
      from (${sides}) s join journal_entries e on e.id = s.journal_entry_id group by 1, 2),
    folded as (select ledger_account_id as account_id, bucket_at, sum(debit_minor - credit_minor) as balance
      from balance_deltas group by 1, 2)
    select account_id || ' at ' || bucket_at as subject, coalesce(p.balance, 0)::text as expected,
      coalesce(f.balance, 0)::text as found
    from posted p full join folded f using (account_id, bucket_at)
    where coalesce(p.balance, 0) <> coalesce(f.balance, 0)`,
  span_equals_buckets: `
    with bucketed as (
      select ledger_account_id, span, date_bin(make_interval(secs => span), bucket_at, 'epoch') as starts_at,
        sum(debit_minor) as debit, sum(credit_minor) as credit, sum(fact_count) as facts, sum(fee_pending_count) as pending
      from balance_deltas cross join (values (3600), (86400)) as spans(span) where is_folded group by 1, 2, 3),
    folded as (select ledger_account_id, span_seconds as span, starts_at, debit_minor as debit, credit_minor as credit,
      fact_count as facts, fee_pending_count as pending from balance_spans)
    select ledger_account_id || ', ' || span || ' s from ' || starts_at as subject,
      concat_ws(' ', b.debit, 'debit,', b.credit, 'credit,', b.facts, 'facts,', b.pending, 'without a fee') as expected,
      concat_ws(' ', f.debit, 'debit,', f.credit, 'credit,', f.facts, 'facts,', f.pending, 'without a fee') as found
    from bucketed b full join folded f using (ledger_account_id, span, starts_at)
    where (b.debit, b.credit, b.facts, b.pending) is distinct from (f.debit, f.credit, f.facts, f.pending)`,
  entry_has_postings: `
    select e.id as subject, 'at least 1 posting' as expected, 'none' as found from journal_entries e
    where not exists (select from postings p where p.journal_entry_id = e.id)`,
  posting_in_currency_of_accounts: `
    select s.journal_entry_id as subject, a.currency as expected, s.currency as found
    from (${sides}) s join ledger_accounts a on a.id = s.account_id where a.currency <> s.currency`,
  accounts_of_a_currency_sum_to_zero: `
    select a.merchant_id || case when a.livemode then ' live ' else ' test ' end || a.currency as subject,
      '0' as expected, sum(d.debit_minor - d.credit_minor)::text as found
    from balance_deltas d join ledger_accounts a on a.id = d.ledger_account_id
    group by a.merchant_id, a.livemode, a.currency having sum(d.debit_minor - d.credit_minor) <> 0`,
  revisions_without_gap: `
    select merchant_id || ' ' || kind || ' ' || reference as subject, 'revisions 1 to ' || count(*) as expected,
      'revisions ' || min(revision) || ' to ' || max(revision) as found
    from journal_entries group by merchant_id, livemode, kind, reference
    having min(revision) <> 1 or max(revision) <> count(*)`,
  one_entry_in_force: `
    select merchant_id || ' ' || kind || ' ' || reference as subject, 'at most 1 in force' as expected,
      count(*)::text as found
    from (${inForce}) e group by merchant_id, livemode, kind, reference having count(*) > 1`,
  fees_pending_equals_facts: `
    with pending as (
      select p.credit_account_id as account_id,
        to_timestamp(floor(extract(epoch from e.effective_at) / 900) * 900) as bucket_at, count(*) as captures
      from (${inForce}) e join postings p on p.journal_entry_id = e.id and p.ordinal = 0
      where e.kind = 'capture' and not ${feeToldSql('e')} group by 1, 2),
    folded as (select ledger_account_id as account_id, bucket_at, sum(fee_pending_count) as captures
      from balance_deltas group by 1, 2)
    select account_id || ' at ' || bucket_at as subject, coalesce(p.captures, 0) || ' without a fee' as expected,
      coalesce(f.captures, 0) || ' without a fee' as found
    from pending p full join folded f using (account_id, bucket_at)
    where coalesce(p.captures, 0) <> coalesce(f.captures, 0)`,
  payment_sums_equal_ledger: `
    with moved as (
      select coalesce(t.merged_into_payment_id, e.subject_id) as subject_id, p.currency,
        sum(case when e.kind = 'capture' then p.amount_minor else 0 end) as received,
        sum(case e.kind when 'refund' then p.amount_minor when 'refund_failure' then -p.amount_minor else 0 end) as refunded
      from (${inForce}) e join postings p on p.journal_entry_id = e.id left join payments t on t.id = e.subject_id
      where e.kind in ('capture', 'refund', 'refund_failure') group by 1, 2)
    select t.id as subject,
      coalesce(m.received, 0) || ' received, ' || coalesce(m.refunded, 0) || ' refunded' as expected,
      t.received_minor || ' received, ' || t.refunded_minor || ' refunded' as found
    from payments t left join moved m on m.subject_id = t.id and m.currency = t.currency
    where t.merged_into_payment_id is null
      and (coalesce(m.received, 0) <> t.received_minor or coalesce(m.refunded, 0) <> t.refunded_minor)`,
} as const satisfies Record<string, string>

export type LedgerCheck = keyof typeof checks
export const ledgerChecks = Object.keys(checks) as LedgerCheck[]

export async function listLedgerFindings(
  database: Queryable,
  check: LedgerCheck,
): Promise<LedgerFinding[]> {
  const { rows } = await database.query<Omit<LedgerFinding, 'check'>>({
    name: `ledger_check_${check}`,
    text: `${checks[check]} order by 1 limit ${FINDINGS_PER_CHECK_MAX}`,
  })
  return rows.map((row) => ({ check, ...row }))
}
