/**
 * The rows that payments of the past leave, as SQL that writes those of one stretch of payments at once, in the order
 * of their time. Ids are shaped like Stripe's and ours and sort by time, before those that are made now.
 *
 * A payment is a `payment_intent.succeeded`, and every second one a `charge.updated` with its fee; every 20th has a
 * refund three days later. Seven of ten are in dollars, two in euros, one in yen.
 */
import { accountId, merchantId } from '../../test/support/inbox.ts'

const owner = `'${merchantId}', false`
const account = `'${accountId}'`
const currencies = ['USD', 'EUR', 'JPY']
const kinds = ['provider_balance', 'gross_revenue', 'processing_fees', 'refunds']

const ledgerAccount = (kind: string) => `'acc_${kind}_' || r.currency`
const stripe = (prefix: string) => `'${prefix}_3P' || r.stripe`
const own = (prefix: string, last: string) => `'${prefix}_' || r.own || '${last}'`
const isFeeTold = 'r.n % 2 = 0'
const isRefunded = 'r.refunded > 0'

export const createLedgerAccounts = `
  insert into ledger_accounts (id, merchant_id, livemode, provider_account_id, kind, currency, created_at)
  select 'acc_' || kind || '_' || currency, ${owner}, ${account}, kind, currency, payonce_clock()
  from unnest(array['${kinds.join("','")}']) kind, unnest(array['${currencies.join("','")}']) currency`

/** Run once on every connection that seeds. */
export const beginHistory = `
  create function pg_temp.base32(value bigint) returns text language sql immutable as $$
    select substr('0123456789abcdefghjkmnpqrstvwxyz', (value & 31)::int + 1, 1) $$;
  create temp table seed_row (n bigint, at timestamptz, seconds bigint, own text, stripe text, amount bigint,
    refunded bigint, currency text) on commit delete rows;
  create temp table seed_delta (ledger_account_id text, bucket_at timestamptz, debit_minor numeric,
    credit_minor numeric, fact_count bigint, fee_pending_count bigint)`

/** Payments `$1` up to before `$2`, of which number 0 was made at second `$3` and each of the others `$4` s later. */
export const makeRows = `
  insert into seed_row
  select n, to_timestamp(ms / 1000), ms / 1000,
    ${Array.from({ length: 10 }, (_, place) => `pg_temp.base32(ms >> ${45 - 5 * place})`).join(' || ')}
      || chance || substr(md5(n::text), 1, 9),
    ${Array.from({ length: 6 }, (_, place) => `pg_temp.base32(ms >> ${35 - 5 * place})`).join(' || ')}
      || 'LkdIwHu7ix' || chance,
    1000 + n % 50000, case when n % 20 = 3 then 500 + n % 25000 else 0 end,
    (array['USD', 'USD', 'USD', 'USD', 'USD', 'USD', 'USD', 'EUR', 'EUR', 'JPY'])[1 + n % 10]
  from (select n, (($3::float8 + n * $4::float8) * 1000)::bigint as ms,
      lpad(to_hex((n * 7654321) & 16777215), 6, '0') as chance
    from generate_series($1::bigint, $2::bigint - 1) n) numbered`

const facts = (fields: string, progress: string) =>
  `('{"since": {"captured": ' || r.seconds || ', "succeeded": ' || r.seconds || '}, "writes": [{"fields": {' ||
    ${fields} || '}, "version": {"rank": 7, "eventId": "evt_3P' || r.stripe || '", "progress": ' || ${progress} ||
    ', "absorbing": true, "atSeconds": ' || r.seconds || '}}]}')::jsonb`
const feeFields = `'"balance_transaction:txn_3P' || r.stripe || '": {"fee": ' || r.amount / 30 || ', "amount": ' ||
    r.amount || ', "created": ' || r.seconds || ', "currency": "' || r.currency || '"}'`
const intentFields = `'"amount": ' || r.amount || ', "charge": "ch_3P' || r.stripe || '", "status": "succeeded",
    "currency": "' || r.currency || '", "received": ' || r.amount || ', "capturable": 0, "last_error": null,
    "capture_method": "automatic"'`

/** The state: with the journal it is what revenue is read from. */
export const state: readonly string[] = [
  `insert into payments (id, merchant_id, livemode, provider_account_id, provider, origin, provider_reference,
      amount_minor, currency, status, received_minor, refunded_minor, correlation_id, sequence, created_at, updated_at,
      succeeded_at)
    select ${own('pay', '0')}, ${owner}, ${account}, 'stripe', 'provider', ${stripe('pi')}, amount, currency,
      'succeeded', amount, refunded, ${own('req', '0')}, 2, at, at, at from seed_row r order by n`,
  `insert into provider_objects (provider_account_id, kind, reference, merchant_id, livemode, subject_id, facts)
    select ${account}, 'charge', ${stripe('ch')}, ${owner}, ${own('pay', '0')},
      case when ${isFeeTold} then ${facts(feeFields, '0')} else '{"since": {}, "writes": []}' end
    from seed_row r order by n`,
  `insert into refunds (id, merchant_id, livemode, provider_account_id, payment_id, kind, provider_reference,
      amount_minor, currency, status, effective_at, created_at, updated_at)
    select ${own('re', '0')}, ${owner}, ${account}, ${own('pay', '0')}, 'itemised', ${stripe('re')}, refunded, currency,
      'succeeded', at + interval '3 days', at, at from seed_row r where ${isRefunded} order by n`,
]

export const journal: readonly string[] = [
  `with booked as (
      select ${own('je', '0')} as id, n, own, 'capture' as kind, ${stripe('ch')} as reference, at from seed_row r
      union all select ${own('je', '1')}, n, own, 'fee', ${stripe('ch')}, at from seed_row r where ${isFeeTold}
      union all select ${own('je', '2')}, n, own, 'refund', ${stripe('re')}, at + interval '3 days' from seed_row r
        where ${isRefunded})
    insert into journal_entries (id, merchant_id, livemode, provider_account_id, subject_id, kind, reference, revision,
      effective_at, correlation_id, created_at)
    select id, ${owner}, ${account}, ${own('pay', '0')}, kind, reference, 1, at, ${own('req', '0')}, at
    from booked r order by n, kind`,
  `with posted as (
      select ${own('je', '0')} as id, n, ${ledgerAccount('provider_balance')} as debit,
        ${ledgerAccount('gross_revenue')} as credit, amount, currency from seed_row r
      union all select ${own('je', '1')}, n, ${ledgerAccount('processing_fees')},
        ${ledgerAccount('provider_balance')}, amount / 30, currency from seed_row r where ${isFeeTold}
      union all select ${own('je', '2')}, n, ${ledgerAccount('refunds')}, ${ledgerAccount('provider_balance')},
        refunded, currency from seed_row r where ${isRefunded})
    insert into postings (journal_entry_id, ordinal, debit_account_id, credit_account_id, amount_minor, currency)
    select id, 0, debit, credit, amount, currency from posted order by n, id`,
]

const deltas = `
  select account, date_bin('15 minutes', side.at, 'epoch') as bucket, debit, credit, pending, n from seed_row r
  cross join lateral (values
    (${ledgerAccount('provider_balance')}, r.at, amount, 0, 0, true),
    (${ledgerAccount('gross_revenue')}, r.at, 0, amount, case when ${isFeeTold} then 0 else 1 end, true),
    (${ledgerAccount('processing_fees')}, r.at, amount / 30, 0, 0, ${isFeeTold}),
    (${ledgerAccount('provider_balance')}, r.at, 0, amount / 30, 0, ${isFeeTold}),
    (${ledgerAccount('refunds')}, r.at + interval '3 days', refunded, 0, 0, ${isRefunded}),
    (${ledgerAccount('provider_balance')}, r.at + interval '3 days', 0, refunded, 0, ${isRefunded}))
    as side(account, at, debit, credit, pending, is_booked)
  where is_booked`

/** Kept until the end, where one row an account and bucket is left, as the compactor leaves it. */
export const foldDeltas = `insert into seed_delta (ledger_account_id, bucket_at, debit_minor, credit_minor, fact_count,
    fee_pending_count)
  select account, bucket, sum(debit), sum(credit), count(*), sum(pending) from (${deltas}) d group by 1, 2`
export const finishDeltas: readonly string[] = [
  `insert into balance_deltas (ledger_account_id, bucket_at, debit_minor, credit_minor, fact_count, fee_pending_count,
      is_folded)
    select ledger_account_id, bucket_at, sum(debit_minor), sum(credit_minor), sum(fact_count), sum(fee_pending_count), true
    from seed_delta group by 1, 2 order by 2, 1`,
  `insert into balance_spans (ledger_account_id, span_seconds, starts_at, debit_minor, credit_minor, fact_count,
      fee_pending_count)
    select ledger_account_id, span, date_bin(make_interval(secs => span), bucket_at, 'epoch') as starts_at,
      sum(debit_minor), sum(credit_minor), sum(fact_count), sum(fee_pending_count)
    from seed_delta cross join (values (3600), (86400)) as spans(span) group by 1, 2, 3 order by 3, 1, 2`,
]
/** The newest payments: what their commits appended is not merged yet. */
export const appendDeltas = `insert into balance_deltas (ledger_account_id, bucket_at, debit_minor, credit_minor,
    fact_count, fee_pending_count) select account, bucket, debit, credit, 1, pending from (${deltas}) d order by n`

const eventOf = (last: string) => (last === '0' ? stripe('evt') : `'evt_3P' || r.stripe || 'c'`)
const events = `(select *, '0' as last, 'payment_intent.succeeded' as type from seed_row
  union all select *, '1', 'charge.updated' from seed_row) r`
const eventId = `case r.last when '0' then ${eventOf('0')} else ${eventOf('1')} end`
const inboxId = `'pev_' || r.own || r.last`

/** The inbox, the other provider objects, history and outbox: what only intake and apply meet. */
export const surroundings: readonly string[] = [
  `insert into inbox_events (id, merchant_id, livemode, provider_account_id, event_id, dedupe_digest, type, api_version,
      object_reference, event_created_at, ordering_key, lane, request_id, correlation_id, received_at)
    select ${inboxId}, ${owner}, ${account}, ${eventId}, substr(sha256(convert_to(${account} || E'\\x01' || ${eventId},
        'UTF8')), 1, 16), r.type, '2026-10-28.endive', ${stripe('pi')}, r.at, ${stripe('pi')}, r.n % 64,
      ${own('req', '0')}, ${own('req', '0')}, r.at from ${events} order by r.n, r.last`,
  `insert into inbox_payloads (inbox_event_id, received_at, body, headers, signature)
    select ${inboxId}, r.at, convert_to('{"id":"' || ${eventId} || '"}', 'UTF8'), '{}', '{}'
    from ${events} order by r.n, r.last`,
  `insert into inbox_outcomes (inbox_event_id, status, payment_id, applied_at)
    select ${inboxId}, 'applied', ${own('pay', '0')}, r.at from ${events} order by r.n, r.last`,
  `insert into provider_objects (provider_account_id, kind, reference, merchant_id, livemode, subject_id, facts)
    select ${account}, 'intent', ${stripe('pi')}, ${owner}, ${own('pay', '0')}, ${facts(intentFields, 'r.amount')}
    from seed_row r order by n`,
  `insert into payment_events (merchant_id, livemode, subject_id, kind, before, after, actor, correlation_id,
      inbox_event_id, created_at)
    select ${owner}, ${own('pay', '0')}, change.kind, null, '{"status": "succeeded"}', 'provider', ${own('req', '0')},
      'pev_' || r.own || '0', r.at
    from seed_row r cross join (values (1, 'payment.created'), (2, 'payment.succeeded')) as change(sequence, kind)
    order by n, change.sequence`,
  `insert into outbox_events (id, merchant_id, livemode, ordering_key, sequence, partition, type, api_version, payload,
      correlation_id, created_at)
    select 'evt_' || r.own || change.sequence, ${owner}, ${own('pay', '0')}, change.sequence, r.n % 64, change.kind,
      '2026-12-01', '{}', ${own('req', '0')}, r.at
    from seed_row r cross join (values (1, 'payment.created'), (2, 'payment.succeeded')) as change(sequence, kind)
    order by n, change.sequence`,
]
