import type { Id, InboxEventId, MerchantId, ProviderAccountId } from '../domain/ids.ts'
import type { IgnoredReason } from '../domain/provider-event.ts'
import type { Queryable } from './db.ts'

/** One verified delivery on its way into the inbox. */
export type IntakeRow = {
  id: InboxEventId
  merchantId: MerchantId
  livemode: boolean
  providerAccountId: ProviderAccountId
  eventId: string
  /** 16 bytes, hexadecimal */
  dedupeDigest: string
  type: string
  apiVersion: string | undefined
  objectReference: string | undefined
  createdAtSeconds: number
  orderingKey: string
  lane: number
  requestId: string
  correlationId: string
  /** the trace it belongs to, as `telemetry/traceparent.ts` writes it */
  traceContext: string | undefined
  /** set: it gets its outcome at once and is never queued */
  ignoredReason: IgnoredReason | undefined
  headers: Record<string, string | string[]>
  signature: { header: string; timestamp: number; secretIndex: number }
  body: Buffer
}

/**
 * Stores deliveries in one statement, which is one commit and one fsync; returns the ids of those that are new.
 * All bodies travel as one parameter, cut apart by the database: a third faster than an array of bodies.
 */
export async function createInboxEvents(db: Queryable, rows: IntakeRow[]): Promise<Set<string>> {
  let offset = 0
  const described = rows.map(({ body, ...row }) => {
    const described = { ...row, offset, length: body.length }
    offset += body.length
    return described
  })
  const bodies = rows.map((row) => row.body)
  const { rows: stored } = await db.query<{ id: string }>({
    name: 'inbox_events_create',
    text: CREATE,
    values: [
      JSON.stringify(described),
      bodies.length === 1 ? bodies[0] : Buffer.concat(bodies, offset),
    ],
  })
  return new Set(stored.map((row) => row.id))
}

// Sorted by digest, so that two statements holding the same events wait for each other instead of deadlocking.
const CREATE = `
with clock as materialized (
  select payonce_clock() as now
), incoming as materialized (
  select row.* from json_to_recordset($1::json) as row(
    id text, "merchantId" text, livemode boolean, "providerAccountId" text, "eventId" text, "dedupeDigest" text,
    type text, "apiVersion" text, "objectReference" text, "createdAtSeconds" float8, "orderingKey" text, lane smallint,
    "requestId" text, "correlationId" text, "traceContext" text, "ignoredReason" text, headers json, signature json,
    "offset" integer, length integer)
), stored as (
  insert into inbox_events (id, merchant_id, livemode, provider_account_id, event_id, dedupe_digest, type, api_version,
    object_reference, event_created_at, ordering_key, lane, request_id, correlation_id, trace_context,
    received_at)
  select id, "merchantId", livemode, "providerAccountId", "eventId", decode("dedupeDigest", 'hex'), type, "apiVersion",
    "objectReference", to_timestamp("createdAtSeconds"), "orderingKey", lane, "requestId", "correlationId",
    "traceContext", now
  from incoming, clock order by "dedupeDigest"
  on conflict (dedupe_digest) do nothing
  returning id
), kept as (
  insert into inbox_payloads (inbox_event_id, received_at, body, headers, signature)
  select id, now, substring($2::bytea from "offset" + 1 for length), headers, signature
  from incoming join stored using (id), clock
), queued as (
  insert into inbox_queue (inbox_event_id, received_at, lane, run_at)
  select id, now, lane, now from incoming join stored using (id), clock where "ignoredReason" is null
), ignored as (
  insert into inbox_outcomes (inbox_event_id, status, reason, applied_at)
  select id, 'ignored', "ignoredReason", now from incoming join stored using (id), clock where "ignoredReason" is not null
)
select id from stored`

/** What is known of the first delivery of an event. */
export type StoredEvent = {
  id: InboxEventId
  eventId: string
  dedupeDigest: string
  type: string
  createdAtSeconds: number
  objectReference: string | null
  /** null: the payload is archived */
  signatureHeader: string | null
}

export async function listStoredEvents(db: Queryable, digests: string[]): Promise<StoredEvent[]> {
  const { rows } = await db.query<StoredEvent>({
    name: 'inbox_events_list_stored',
    text: `select event.id, event_id as "eventId", encode(dedupe_digest, 'hex') as "dedupeDigest", type,
        extract(epoch from event_created_at)::float8 as "createdAtSeconds", object_reference as "objectReference",
        payload.signature->>'header' as "signatureHeader"
      from inbox_events event
      left join inbox_payloads payload
        on payload.inbox_event_id = event.id and payload.received_at = event.received_at
      where dedupe_digest = any ($1::bytea[])`,
    values: [digests.map((digest) => Buffer.from(digest, 'hex'))],
  })
  return rows
}

export type NewCollision = {
  id: Id<'collision'>
  /** the event that came first */
  inboxEventId: InboxEventId
  contentDigest: Buffer
  row: IntakeRow
}

/** Keeps a delivery that contradicts a stored one aside; once per content. */
export async function createInboxCollision(
  db: Queryable,
  collision: NewCollision,
): Promise<boolean> {
  const { row } = collision
  const { count } = await db.query({
    name: 'inbox_collision_create',
    text: `insert into inbox_collisions (id, inbox_event_id, merchant_id, livemode, event_id, type, object_reference,
        event_created_at, content_digest, request_id, body, headers, received_at)
      values ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8), $9, $10, $11, $12, payonce_clock())
      on conflict (inbox_event_id, content_digest) do nothing`,
    values: [
      collision.id,
      collision.inboxEventId,
      row.merchantId,
      row.livemode,
      row.eventId,
      row.type,
      row.objectReference ?? null,
      row.createdAtSeconds,
      collision.contentDigest,
      row.requestId,
      row.body,
      JSON.stringify(row.headers),
    ],
  })
  return count > 0
}
