/** The inbox as people see it: what came, and what became of it. Lists never read a payload. */
import type { Queryable } from './db.ts'
import {
  type Condition,
  listPage,
  type Page,
  type PageOptions,
  type Scope,
  when,
} from './list-page.ts'

export const inboxStatuses = ['waiting', 'applied', 'ignored', 'parked', 'dead'] as const
export type InboxStatus = (typeof inboxStatuses)[number]

export type InboxEventView = {
  id: string
  providerAccountId: string
  eventId: string
  type: string
  apiVersion: string | null
  objectReference: string | null
  orderingKey: string
  eventCreatedAt: Date
  receivedAt: Date
  requestId: string
  correlationId: string
  status: InboxStatus
  /** why it was ignored, what it waits for, or why it was given up */
  reason: string | null
  paymentId: string | null
  attemptCount: number
  /** next try, while it waits */
  runAt: Date | null
  appliedAt: Date | null
}

export const inboxEventColumns = `t.id, t.provider_account_id as "providerAccountId", t.event_id as "eventId", t.type,
  t.api_version as "apiVersion", t.object_reference as "objectReference", t.ordering_key as "orderingKey",
  t.event_created_at as "eventCreatedAt", t.received_at as "receivedAt", t.request_id as "requestId",
  t.correlation_id as "correlationId",
  case when q.inbox_event_id is not null then 'waiting' when d.inbox_event_id is not null then 'dead'
    when w.inbox_event_id is not null then 'parked' else coalesce(o.status, 'waiting') end as status,
  case when q.inbox_event_id is not null then null when d.inbox_event_id is not null then d.code
    when w.inbox_event_id is not null then 'waits for ' || w.kind || ' ' || w.reference else o.reason end as reason,
  o.payment_id as "paymentId", coalesce(q.attempt_count, d.attempt_count, 0) as "attemptCount",
  q.run_at as "runAt", o.applied_at as "appliedAt"`

// An event is parked under everything it names; the most root-like of these is what it waits for.
const rootFirst = `array_position(array['operation', 'intent', 'charge'], p.kind)`
const parkedOnce = `(select distinct on (p.inbox_event_id) p.* from inbox_parked p order by p.inbox_event_id, ${rootFirst})`
const parkedOfEvent = `lateral (select p.* from inbox_parked p where p.inbox_event_id = t.id order by ${rootFirst} limit 1)`

const parts = [
  ['waiting', 'inbox_queue', 'q'],
  ['dead', 'dead_letters', 'd'],
  ['parked', parkedOfEvent, 'w'],
  ['outcome', 'inbox_outcomes', 'o'],
] as const

/** Left joins, except for the part that must be there: the list is then read from that smaller table. */
export function inboxEventsFrom(required?: (typeof parts)[number][0]): string {
  const joins = parts.map(([part, table, alias]) => {
    const on = `${alias} on ${alias}.inbox_event_id = t.id`
    if (part !== required) return `left join ${table} ${on}`
    return `join ${part === 'parked' ? parkedOnce : table} ${on}`
  })
  return `inbox_events t ${joins.join(' ')}`
}

export type InboxEventFilter = {
  type?: string | undefined
  status?: InboxStatus | undefined
  paymentId?: string | undefined
}

export function listInboxEvents(
  database: Queryable,
  scope: Scope,
  filter: InboxEventFilter,
  page: PageOptions,
): Promise<Page<InboxEventView>> {
  const outcome = filter.paymentId === undefined ? undefined : 'outcome'
  const required = requiredPart(filter.status) ?? outcome
  return listPage<InboxEventView>(
    database,
    {
      name: `inbox_events_list_${required ?? 'all'}`,
      select: `select ${inboxEventColumns} from ${inboxEventsFrom(required)}`,
    },
    scope,
    page,
    {
      conditions: [
        ...statusConditions(filter.status),
        ...when(filter.type, 'type', 't.type = ?'),
        ...when(filter.paymentId, 'payment', 'o.payment_id = ?'),
      ],
      keyOf: (row) => row.id,
    },
  )
}

function requiredPart(status: InboxStatus | undefined) {
  if (status === 'applied' || status === 'ignored') return 'outcome'
  return status
}

function statusConditions(status: InboxStatus | undefined): Condition[] {
  if (status !== 'applied' && status !== 'ignored') return []
  // An event that is applied once more waits again, although it has an outcome.
  const sql = 'o.status = ? and q.inbox_event_id is null and d.inbox_event_id is null'
  return when(status, 'outcome', sql)
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
    text: `select ${inboxEventColumns} from ${inboxEventsFrom()}
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
