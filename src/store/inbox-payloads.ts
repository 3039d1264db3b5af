/** What a provider sent, byte for byte, and how the tries to apply it went. */
import type { Queryable } from './db.ts'
import { listPage, type Page, type PageOptions, type Scope } from './list-page.ts'

export type InboxPayload = {
  body: Buffer
  headers: Record<string, string | string[]>
  signature: unknown
}

/** Undefined: the month it came in is archived. The event's own row must have been seen to be the caller's. */
export async function findInboxPayload(
  database: Queryable,
  event: { id: string; receivedAt: Date },
): Promise<InboxPayload | undefined> {
  // The day around it keeps the search to one or two partitions; the driver's times are rounded to milliseconds.
  const { rows } = await database.query<InboxPayload>({
    name: 'inbox_payloads_find',
    text: `select body, headers, signature from inbox_payloads
      where inbox_event_id = $1 and received_at between $2::timestamptz - interval '1 second'
        and $2::timestamptz + interval '1 second'`,
    values: [event.id, event.receivedAt],
  })
  return rows[0]
}

export type InboxFailure = {
  attempt: number
  errorType: string
  code: string
  detail: string
  failedAt: Date
}
const FAILURES_SHOWN_MAX = 50

export async function listInboxFailures(
  database: Queryable,
  inboxEventId: string,
): Promise<InboxFailure[]> {
  const { rows } = await database.query<InboxFailure>({
    name: 'inbox_failures_list',
    text: `select attempt, error_type as "errorType", code, detail, failed_at as "failedAt"
      from inbox_failures where inbox_event_id = $1 order by id desc limit ${FAILURES_SHOWN_MAX}`,
    values: [inboxEventId],
  })
  return rows
}

/** A delivery that used a stored event's id for something else. */
export type InboxCollision = {
  id: string
  inboxEventId: string
  eventId: string
  type: string
  objectReference: string | null
  eventCreatedAt: Date
  receivedAt: Date
  requestId: string
  body: Buffer
}

export function listInboxCollisions(
  database: Queryable,
  scope: Scope,
  page: PageOptions,
): Promise<Page<InboxCollision>> {
  const list = {
    name: 'inbox_collisions_list',
    select: `select t.id, t.inbox_event_id as "inboxEventId", t.event_id as "eventId", t.type,
      t.object_reference as "objectReference", t.event_created_at as "eventCreatedAt",
      t.received_at as "receivedAt", t.request_id as "requestId", t.body from inbox_collisions t`,
  }
  return listPage<InboxCollision>(database, list, scope, page, {
    conditions: [],
    keyOf: (row) => row.id,
  })
}

export type CollisionName = { id: string; type: string; receivedAt: Date }
const COLLISIONS_NAMED_MAX = 20

/** Deliveries kept aside because they used this event's id for something else. */
export async function listCollisionsWith(
  database: Queryable,
  inboxEventId: string,
): Promise<CollisionName[]> {
  const { rows } = await database.query<CollisionName>({
    name: 'inbox_collisions_with',
    text: `select id, type, received_at as "receivedAt" from inbox_collisions where inbox_event_id = $1
      order by id desc limit ${COLLISIONS_NAMED_MAX}`,
    values: [inboxEventId],
  })
  return rows
}
