/** The inbox as people see it: what came, and what became of it. Lists never read a payload. */
import type { Queryable } from './db.ts'
import { type InboxEventFilter, type InboxStatus, listInboxEventIds } from './inbox-selection.ts'
import { cutPage, type Page, type PageOptions, type Scope } from './list-page.ts'

export type InboxEventView = {
  id: string
  providerAccountId: string
  provider: string
  eventId: string
  type: string
  apiVersion: string | null
  objectReference: string | null
  orderingKey: string
  eventCreatedAt: Date
  receivedAt: Date
  requestId: string
  correlationId: string
  traceContext: string | null
  status: InboxStatus
  /** why it was ignored, what it waits for, or why it was given up */
  reason: string | null
  paymentId: string | null
  attemptCount: number
  /** next try, while it waits */
  runAt: Date | null
  appliedAt: Date | null
  /** what became of it last, although it may wait again by now */
  outcome: 'applied' | 'ignored' | null
  /** a dead letter somebody has set aside, and why */
  setAsideAt: Date | null
  setAsideReason: string | null
}

export const inboxEventColumns = `t.id, t.provider_account_id as "providerAccountId",
  (select a.provider from provider_accounts a where a.id = t.provider_account_id) as provider,
  t.event_id as "eventId", t.type,
  t.api_version as "apiVersion", t.object_reference as "objectReference", t.ordering_key as "orderingKey",
  t.event_created_at as "eventCreatedAt", t.received_at as "receivedAt", t.request_id as "requestId",
  t.correlation_id as "correlationId", t.trace_context as "traceContext",
  case when q.inbox_event_id is not null then 'waiting' when d.inbox_event_id is not null then 'dead'
    when w.inbox_event_id is not null then 'parked' else coalesce(o.status, 'waiting') end as status,
  case when q.inbox_event_id is not null then null when d.inbox_event_id is not null then d.code
    when w.inbox_event_id is not null then 'waits for ' || w.kind || ' ' || w.reference else o.reason end as reason,
  o.payment_id as "paymentId", coalesce(q.attempt_count, d.attempt_count, 0) as "attemptCount",
  q.run_at as "runAt", o.applied_at as "appliedAt", o.status as outcome, d.set_aside_at as "setAsideAt",
  d.set_aside_reason as "setAsideReason"`

// An event is parked under everything it names; the most root-like of these is what it waits for.
const rootFirst = `array_position(array['operation', 'intent', 'charge'], p.kind)`

/** Every event with what is known of it, once. */
export const inboxEventsFrom = `inbox_events t
  left join inbox_queue q on q.inbox_event_id = t.id
  left join dead_letters d on d.inbox_event_id = t.id
  left join lateral (select * from inbox_parked p where p.inbox_event_id = t.id order by ${rootFirst} limit 1) w
    on true
  left join inbox_outcomes o on o.inbox_event_id = t.id`

export async function listInboxEvents(
  database: Queryable,
  scope: Scope,
  filter: InboxEventFilter,
  page: PageOptions,
): Promise<Page<InboxEventView>> {
  const ids = await listInboxEventIds(database, scope, filter, {
    order: 'newest_first',
    before: page.before,
    limit: page.limit + 1,
  })
  const found = cutPage(ids, page.limit, (id) => id)
  return { ...found, items: await listInboxEventsById(database, scope, found.items) }
}

async function listInboxEventsById(
  database: Queryable,
  scope: Scope,
  ids: string[],
): Promise<InboxEventView[]> {
  if (ids.length === 0) return []
  const { rows } = await database.query<InboxEventView>({
    name: 'inbox_events_by_id',
    text: `select ${inboxEventColumns} from ${inboxEventsFrom}
      where t.merchant_id = $1 and t.livemode = $2 and t.id = any($3::text[]) order by t.id desc`,
    values: [scope.merchantId, scope.livemode, ids],
  })
  return rows
}

/** By our id, or by the provider's own: `digests` are those of this event id at each of the merchant's accounts. */
export async function findInboxEvent(
  database: Queryable,
  scope: Scope,
  name: { id: string } | { digests: string[] },
): Promise<InboxEventView | undefined> {
  const byId = 'id' in name
  const { rows } = await database.query<InboxEventView>({
    name: byId ? 'inbox_events_find' : 'inbox_events_find_by_digest',
    text: `select ${inboxEventColumns} from ${inboxEventsFrom}
      where t.merchant_id = $1 and t.livemode = $2 and ${byId ? 't.id = $3' : 't.dedupe_digest = any($3::bytea[])'}
      order by t.id limit 1`,
    values: [
      scope.merchantId,
      scope.livemode,
      byId ? name.id : name.digests.map((digest) => Buffer.from(digest, 'hex')),
    ],
  })
  return rows[0]
}

/** Accounts whose events may be this merchant's. */
export async function listProviderAccountIds(
  database: Queryable,
  merchantId: string,
): Promise<string[]> {
  const { rows } = await database.query<{ id: string }>({
    name: 'provider_accounts_of_merchant',
    text: 'select id from provider_accounts where merchant_id = $1 order by id',
    values: [merchantId],
  })
  return rows.map((row) => row.id)
}

export type EventChange = { type: string; before: object | null; after: object | null; at: Date }
const CHANGES_SHOWN_MAX = 50

/** What this event changed of its payment. */
export async function listChangesByEvent(
  database: Queryable,
  scope: Scope,
  event: { id: string; paymentId: string | null },
): Promise<EventChange[]> {
  if (event.paymentId === null) return []
  const { rows } = await database.query<EventChange>({
    name: 'payment_events_by_inbox_event',
    text: `select kind as type, before, after, created_at as at from payment_events
      where subject_id = $3 and inbox_event_id = $4 and merchant_id = $1 and livemode = $2
      order by id limit ${CHANGES_SHOWN_MAX}`,
    values: [scope.merchantId, scope.livemode, event.paymentId, event.id],
  })
  return rows
}
