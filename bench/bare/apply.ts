/**
 * The bare apply: what the machine gives to the least that could be called applying an event. Two workers; each
 * claims 200 queue rows with their bodies, parses them, and writes everything in one statement. No provider
 * objects, no order of events, no parking, no retries: those are what ours does beyond it.
 */
import pg from 'pg'

const WORKER_COUNT = 2
const BATCH_COUNT = 200

const claimText = `with due as materialized (
    select inbox_id from bare_queue order by inbox_id limit ${BATCH_COUNT} for update skip locked)
  select i.id, i.body from due join bare_inbox i on i.id = due.inbox_id`

const applyText = `with r as materialized (
    select * from json_to_recordset($1) as r(id text, payment text, last boolean, type text, status text,
      amount bigint, currency text, payload json)),
  at as materialized (select clock_timestamp() as at),
  payment as (
    insert into bare_payments (id, merchant_id, status, amount_minor, currency, updated_at)
    select payment, 'mer_1', status, amount, currency, at from r, at where last order by payment
    on conflict (id) do update set status = excluded.status, amount_minor = excluded.amount_minor,
      updated_at = excluded.updated_at),
  history as (
    insert into bare_history (payment_id, inbox_id, after, created_at)
    select payment, id, payload::jsonb, at from r, at),
  posting as (
    insert into bare_postings (payment_id, debit_account_id, credit_account_id, amount_minor, currency)
    select payment, 'provider_balance', 'gross_revenue', amount, currency from r),
  outbox as (
    insert into bare_outbox (id, payment_id, type, payload, created_at)
    select 'evt_' || id, payment, type, payload, at from r, at),
  done as (
    insert into bare_done (inbox_id, done_at) select id, at from r, at)
  delete from bare_queue where inbox_id = any($2::text[])`

type Event = {
  type: string
  data: {
    object: {
      id: string
      payment_intent?: string
      charge?: string
      amount?: number
      currency?: string
      status?: string
    }
  }
}

/** Applies everything that waits; returns how many events that were. */
export async function applyBare(clients: pg.Client[]): Promise<number> {
  const counts = await Promise.all(clients.map(applyUntilIdle))
  return counts.reduce((sum, count) => sum + count, 0)
}

export async function openBareWorkers(url: string): Promise<pg.Client[]> {
  const workers = Array.from(
    { length: WORKER_COUNT },
    // The same settings as our own hot pool: without them the plans of empty tables would stay.
    () => new pg.Client({ connectionString: url, options: '-c jit=off -c enable_seqscan=off' }),
  )
  await Promise.all(workers.map((worker) => worker.connect()))
  return workers
}

async function applyUntilIdle(client: pg.Client): Promise<number> {
  for (let total = 0; ; ) {
    await client.query('begin')
    const claimed = await client.query<{ id: string; body: Buffer }>({
      name: 'claim',
      text: claimText,
    })
    if (claimed.rows.length > 0) {
      const rows = describe(claimed.rows)
      const ids = claimed.rows.map(({ id }) => id)
      await client.query({ name: 'apply', text: applyText, values: [JSON.stringify(rows), ids] })
    }
    await client.query('commit')
    if (claimed.rows.length === 0) return total
    total += claimed.rows.length
  }
}

function describe(claimed: { id: string; body: Buffer }[]): { payment: string; last: boolean }[] {
  const rows = claimed.map(({ id, body }) => {
    const { type, data } = JSON.parse(body.toString('utf8')) as Event
    const { object } = data
    const payment = object.payment_intent ?? object.charge ?? object.id
    const amount = Math.max(1, object.amount ?? 1)
    const currency = (object.currency ?? 'usd').toUpperCase()
    const status = object.status ?? 'none'
    const payload = { type, data: { id: payment, status, amount_cents: amount, currency } }
    return { id, payment, last: false, type, status, amount, currency, payload }
  })
  // An upsert may touch a row only once: the batch's last word on a payment.
  const lastOf = new Map(rows.map((row) => [row.payment, row]))
  for (const row of lastOf.values()) row.last = true
  return rows
}
