/**
 * The three ways the bare payment commits its two phases: statement after statement in a transaction, one statement a
 * phase, or each phase of all who wait in one statement.
 */
import type pg from 'pg'
import type { BareIntent, BareOutcome } from './bare-payment.ts'
import { beginOneByOne, settleOneByOne } from './payment-statements.ts'
import { shareStatements } from './share-statements.ts'

export const paymentForms = ['shared', 'phase', 'statements'] as const
export type PaymentForm = (typeof paymentForms)[number]

export type PaymentStore = {
  /** @returns false when the key is taken */
  begin: (intent: BareIntent) => Promise<boolean>
  settle: (outcome: BareOutcome) => Promise<unknown>
}

const beginText = `with r as materialized (
    select * from json_to_recordset($1) as r(id text, attempt text, key text, fingerprint text, "user" text,
      amount bigint, currency text, request text, payload json)),
  at as materialized (select clock_timestamp() as at),
  taken as (
    insert into bare_keys (merchant_id, key, fingerprint, payment_id, created_at)
    select 'mer_1', key, decode(fingerprint, 'hex'), id, at from r, at order by key
    on conflict do nothing returning payment_id),
  begun as materialized (select r.* from r join taken on taken.payment_id = r.id),
  payment as (
    insert into bare_payments (id, merchant_id, user_id, status, amount_minor, currency, created_at, updated_at)
    select id, 'mer_1', "user", 'processing', amount, currency, at, at from begun, at),
  attempt as (
    insert into bare_attempts (id, payment_id, provider_key, request, status, created_at)
    select attempt, id, attempt, request, 'sent', at from begun, at),
  history as (
    insert into bare_history (payment_id, after, created_at) select id, payload, at from begun, at),
  outbox as (
    insert into bare_outbox (payment_id, sequence, type, payload, created_at)
    select id, 1, 'payment.created', payload, at from begun, at)
  select id from begun`

// Ids as members of an array, so that only the index can find them.
const settleText = `with r as materialized (
    select * from json_to_recordset($1) as r(id text, attempt text, key text, entry text, amount bigint, currency text,
      reference text, charge text, answer text, payload json)),
  at as materialized (select clock_timestamp() as at),
  payment as (
    update bare_payments p set status = 'succeeded', received_minor = r.amount, provider_reference = r.reference,
      updated_at = at
    from r, at where p.id = r.id and p.id = any($2::text[])),
  attempt as (
    update bare_attempts a set status = 'succeeded', settled_at = at
    from r, at where a.id = r.attempt and a.id = any($3::text[])),
  key as (
    update bare_keys k set status = 201, body = r.answer
    from r where k.merchant_id = 'mer_1' and k.key = r.key and k.key = any($4::text[])),
  history as (
    insert into bare_history (payment_id, after, created_at) select id, payload, at from r, at),
  outbox as (
    insert into bare_outbox (payment_id, sequence, type, payload, created_at)
    select id, 2, 'payment.succeeded', payload, at from r, at),
  entry as (
    insert into bare_entries (id, merchant_id, payment_id, kind, reference, created_at)
    select entry, 'mer_1', id, 'capture', charge, at from r, at)
  insert into bare_postings (entry_id, ordinal, debit_account_id, credit_account_id, amount_minor, currency)
  select entry, 1, 'provider_balance', 'gross_revenue', amount, currency from r`

export function storePayments(pool: pg.Pool, form: PaymentForm): PaymentStore {
  if (form === 'statements') {
    return {
      begin: (intent) => beginOneByOne(pool, intent),
      settle: (outcome) => settleOneByOne(pool, outcome),
    }
  }
  const beginAll = (intents: BareIntent[]) => beginIntents(pool, intents)
  const settleAll = (outcomes: BareOutcome[]) => settleOutcomes(pool, outcomes)
  if (form === 'shared') {
    return { begin: shareStatements(beginAll), settle: shareStatements(settleAll) }
  }
  return {
    begin: async (intent) => (await beginAll([intent]))[0] ?? false,
    settle: (outcome) => settleAll([outcome]),
  }
}

async function beginIntents(pool: pg.Pool, intents: BareIntent[]): Promise<boolean[]> {
  const values = [JSON.stringify(intents)]
  const { rows } = await pool.query<{ id: string }>({ name: 'begin', text: beginText, values })
  const begun = new Set(rows.map(({ id }) => id))
  return intents.map(({ id }) => begun.has(id))
}

async function settleOutcomes(pool: pg.Pool, outcomes: BareOutcome[]): Promise<undefined[]> {
  const ids = outcomes.map(({ id }) => id)
  const attempts = outcomes.map(({ attempt }) => attempt)
  const keys = outcomes.map(({ key }) => key)
  const values = [JSON.stringify(outcomes), ids, attempts, keys]
  await pool.query({ name: 'settle', text: settleText, values })
  return outcomes.map(() => undefined)
}
