/** The two ways the bare intake stores: each event in its own statement, or what waits in one, two in flight. */
import type pg from 'pg'
import { shareStatements } from './share-statements.ts'

export type BareEvent = { id: string; eventId: string; digest: string; type: string; body: Buffer }
export type StoreEvent = (event: BareEvent) => Promise<void>

// All bodies travel as one parameter, cut apart by the database.
const text = `with incoming as materialized (
    select * from json_to_recordset($1) as r(id text, "eventId" text, digest text, type text, "offset" int, length int)),
  stored as (
    insert into bare_inbox (id, event_id, dedupe_digest, type, received_at)
    select id, "eventId", decode(digest, 'hex'), type, clock_timestamp() from incoming order by digest
    on conflict (dedupe_digest) do nothing returning id),
  kept as (
    insert into bare_payloads (inbox_id, body)
    select id, substring($2::bytea from "offset" + 1 for length) from incoming join stored using (id))
  insert into bare_queue (inbox_id) select id from stored`

export function storeOneByOne(pool: pg.Pool): StoreEvent {
  return (event) => storeBatch(pool, [event])
}

export function storeInBatches(pool: pg.Pool): StoreEvent {
  return shareStatements(async (events: BareEvent[]) => {
    await storeBatch(pool, events)
    return events.map(() => undefined)
  })
}

async function storeBatch(pool: pg.Pool, events: BareEvent[]): Promise<void> {
  let offset = 0
  const rows = events.map(({ body, ...event }) => {
    const row = { ...event, offset, length: body.length }
    offset += body.length
    return row
  })
  const bodies = Buffer.concat(events.map(({ body }) => body))
  await pool.query({ name: 'store', text, values: [JSON.stringify(rows), bodies] })
}
