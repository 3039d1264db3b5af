/** Stored events found again by their dedupe digest (32 hexadecimal digits), to be read or applied once more. */
import type { Queryable } from './db.ts'

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

/** Queues the event, alone in its batch; one that already waits goes on waiting. @returns false when it is unknown */
export async function requeueEvent(database: Queryable, dedupeDigest: string): Promise<boolean> {
  const { rows } = await database.query<{ found: boolean }>({
    name: 'inbox_requeue_event',
    text: `with event as (
        select id, received_at, lane from inbox_events where dedupe_digest = decode($1, 'hex')),
      revived as (delete from dead_letters d using event where d.inbox_event_id = event.id),
      queued as (
        insert into inbox_queue (inbox_event_id, received_at, lane, run_at, suspect)
        select id, received_at, lane, payonce_clock(), true from event on conflict do nothing)
      select exists (select from event) as found`,
    values: [dedupeDigest],
  })
  return rows[0]?.found ?? false
}
