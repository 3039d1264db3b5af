import type { Queryable } from '../../src/store/db.ts'

/** Generated ids and times of receipt differ between two runs of the same history; everything else must not. */
const stateQueries: Record<string, string> = {
  payments: `select provider_reference, amount_minor, currency, status, capture_method, capturable_minor, received_minor,
      refunded_minor, disputed_minor, description, metadata, last_error, succeeded_at, canceled_at, origin, reference,
      (select o.provider_reference from payments o where o.id = p.duplicate_of_payment_id) as duplicate_of, duplicate_undo
    from payments p where merged_into_payment_id is null order by provider_reference`,
  refunds: `select r.kind, r.provider_reference, r.amount_minor, r.currency, r.status, r.reason, r.failure_reason,
      r.effective_at, p.provider_reference as payment from refunds r join payments p on p.id = r.payment_id
    order by r.kind, r.provider_reference`,
  disputes: `select d.provider_reference, d.amount_minor, d.currency, d.status, d.reason, d.evidence_due_at,
      d.effective_at, p.provider_reference as payment from disputes d join payments p on p.id = d.payment_id
    order by d.provider_reference`,
  payouts: `select provider_reference, amount_minor, currency, status, arrival_on::text, failure_reason, effective_at
    from payouts order by provider_reference`,
  objects: `select o.kind, o.reference, o.facts, p.provider_reference as payment from provider_objects o
    left join payments p on p.id = o.subject_id order by o.kind, o.reference`,
  balances: `select a.kind, a.currency, e.effective_at,
      sum(case when p.debit_account_id = a.id then p.amount_minor else -p.amount_minor end) as balance
    from postings p join journal_entries e on e.id = p.journal_entry_id
    join ledger_accounts a on a.id in (p.debit_account_id, p.credit_account_id)
    group by 1, 2, 3 having sum(case when p.debit_account_id = a.id then p.amount_minor else -p.amount_minor end) <> 0
    order by 1, 2, 3`,
  folds: `select a.kind, a.currency, d.bucket_at, sum(debit_minor - credit_minor) as balance, sum(fact_count) as facts,
      sum(fee_pending_count) as pending
    from balance_deltas d join ledger_accounts a on a.id = d.ledger_account_id
    group by 1, 2, 3 having sum(debit_minor - credit_minor) <> 0 or sum(fact_count) <> 0 or sum(fee_pending_count) <> 0
    order by 1, 2, 3`,
  waiting: `select count(*) as queued, (select count(*) from dead_letters) as dead,
      (select count(distinct inbox_event_id) from inbox_parked) as parked from inbox_queue`,
}

/** State rows and balances, column by column. */
export async function stateOf(database: Queryable): Promise<Record<string, object[]>> {
  const state: Record<string, object[]> = {}
  for (const [name, text] of Object.entries(stateQueries)) {
    state[name] = (await database.query<object>({ name: `state_of_${name}`, text })).rows
  }
  return state
}
