/** Stored events found again by their dedupe digest (32 hexadecimal digits), to be read or applied once more. */
import type { Queryable, Transaction } from './db.ts'

/** The body as it came, UTF-8; undefined when the event, or its archived body, is not here. */
export async function findStoredBody(
  database: Queryable,
  dedupeDigest: string,
): Promise<string | undefined> {
  const { rows } = await database.query<{ body: string }>({
    name: 'inbox_find_stored_body',
    text: `select convert_from(p.body, 'UTF8') as body from inbox_events e
      join inbox_payloads p on p.inbox_event_id = e.id and p.received_at = e.received_at
      where e.dedupe_digest = decode($1, 'hex')`,
    values: [dedupeDigest],
  })
  return rows[0]?.body
}

/** Queues the event, alone in its batch; one that already waits goes on waiting. @returns its id when it is known */
export async function requeueEvent(
  database: Queryable,
  dedupeDigest: string,
): Promise<string | undefined> {
  const { rows } = await database.query<{ id: string }>({
    name: 'inbox_requeue_event',
    text: `with event as (
        select id, received_at, lane from inbox_events where dedupe_digest = decode($1, 'hex')),
      revived as (delete from dead_letters d using event where d.inbox_event_id = event.id),
      queued as (
        insert into inbox_queue (inbox_event_id, received_at, lane, run_at, suspect)
        select id, received_at, lane, payonce_clock(), true from event on conflict do nothing)
      select id from event`,
    values: [dedupeDigest],
  })
  return rows[0]?.id
}

/** A stored event with what says whose it is. */
export type StoredEventToRequeue = {
  id: string
  providerAccountId: string
  provider: string
  eventId: string
  dedupeDigest: string
  /** null: it was not ignored */
  ignoredReason: string | null
  body: string
}

/** Undefined when the event, or its archived body, is not here. */
export async function findStoredEvent(
  tx: Transaction,
  inboxEventId: string,
): Promise<StoredEventToRequeue | undefined> {
  const { rows } = await tx.query<StoredEventToRequeue>({
    name: 'inbox_find_stored_event',
    text: `select e.id, e.provider_account_id as "providerAccountId", a.provider, e.event_id as "eventId",
        encode(e.dedupe_digest, 'hex') as "dedupeDigest", o.reason as "ignoredReason",
        convert_from(p.body, 'UTF8') as body
      from inbox_events e
      join inbox_payloads p on p.inbox_event_id = e.id and p.received_at = e.received_at
      join provider_accounts a on a.id = e.provider_account_id
      left join inbox_outcomes o on o.inbox_event_id = e.id and o.status = 'ignored'
      where e.id = $1`,
    values: [inboxEventId],
  })
  return rows[0]
}

/** Stores the event under another account as well, with its bytes; unless that account has it already. */
export async function copyEventToAccount(
  tx: Transaction,
  copy: {
    /** the stored event */
    id: string
    newId: string
    merchantId: string
    providerAccountId: string
    livemode: boolean
    dedupeDigest: string
  },
): Promise<void> {
  await tx.query({
    name: 'inbox_copy_event_to_account',
    text: `with clock as materialized (select payonce_clock() as now),
      copied as (
        insert into inbox_events (id, merchant_id, livemode, provider_account_id, event_id, dedupe_digest, type,
          api_version, object_reference, event_created_at, ordering_key, lane, request_id, correlation_id, received_at)
        select $2, $3, $4, $5, event_id, decode($6, 'hex'), type, api_version, object_reference, event_created_at,
          ordering_key, lane, request_id, correlation_id, now
        from inbox_events, clock where id = $1
        on conflict (dedupe_digest) do nothing
        returning id)
      insert into inbox_payloads (inbox_event_id, received_at, key_id, body, headers, signature)
      select copied.id, now, p.key_id, p.body, p.headers, p.signature
      from copied, clock, inbox_events e
      join inbox_payloads p on p.inbox_event_id = e.id and p.received_at = e.received_at
      where e.id = $1`,
    values: [
      copy.id,
      copy.newId,
      copy.merchantId,
      copy.livemode,
      copy.providerAccountId,
      copy.dedupeDigest,
    ],
  })
}

/** The id of the event with this digest. */
export async function findEventId(
  database: Queryable,
  dedupeDigest: string,
): Promise<string | undefined> {
  const { rows } = await database.query<{ id: string }>({
    name: 'inbox_find_event_id',
    text: `select id from inbox_events where dedupe_digest = decode($1, 'hex')`,
    values: [dedupeDigest],
  })
  return rows[0]?.id
}
