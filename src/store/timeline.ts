/** Everything written about one payment, each kind oldest first and bounded. */
import type { Queryable } from './db.ts'
import { type InboxEventView, inboxEventColumns, inboxEventsFrom } from './inbox-reads.ts'
import type { Scope } from './list-page.ts'

export const TIMELINE_ITEMS_PER_KIND_MAX = 500

export type StateChange = {
  id: string
  kind: string
  before: object | null
  after: object | null
  actor: string
  inboxEventId: string | null
  correlationId: string
  createdAt: Date
}
export type OutboxEventView = {
  id: string
  type: string
  sequence: string
  waiting: boolean
  correlationId: string
  createdAt: Date
}

export async function listStateChanges(
  database: Queryable,
  scope: Scope,
  subjectIds: string[],
): Promise<StateChange[]> {
  const { rows } = await database.query<StateChange>({
    name: 'timeline_state_changes',
    text: `select id, kind, before, after, actor, inbox_event_id as "inboxEventId",
        correlation_id as "correlationId", created_at as "createdAt"
      from payment_events where subject_id = any($3::text[]) and merchant_id = $1 and livemode = $2
      order by payment_events.id limit ${TIMELINE_ITEMS_PER_KIND_MAX}`,
    values: [scope.merchantId, scope.livemode, subjectIds],
  })
  return rows
}

/**
 * Events that were applied to the payment, and those that still wait, are parked or were given up under one of its
 * references. Waiting ones are looked for in their lanes only: the whole queue may be long.
 */
export async function listInboxEventsOf(
  database: Queryable,
  scope: Scope,
  payment: { id: string; orderingKeys: string[]; lanes: number[] },
): Promise<InboxEventView[]> {
  const { rows } = await database.query<InboxEventView>({
    name: 'timeline_inbox_events',
    text: `with named as (
        select inbox_event_id as id from inbox_outcomes where payment_id = $3
        union select e.id from inbox_queue i join inbox_events e on e.id = i.inbox_event_id
          where i.lane = any($5::smallint[]) and e.ordering_key = any($4::text[])
        union select e.id from dead_letters l join inbox_events e on e.id = l.inbox_event_id
          where l.merchant_id = $1 and l.livemode = $2 and e.ordering_key = any($4::text[])
        union select p.inbox_event_id from provider_objects r join inbox_parked p
          on p.provider_account_id = r.provider_account_id and p.kind = r.kind and p.reference = r.reference
          where r.subject_id = $3)
      select ${inboxEventColumns} from ${inboxEventsFrom}
      where t.id = any(array(select id from named)) and t.merchant_id = $1 and t.livemode = $2
      order by t.id limit ${TIMELINE_ITEMS_PER_KIND_MAX}`,
    values: [scope.merchantId, scope.livemode, payment.id, payment.orderingKeys, payment.lanes],
  })
  return rows
}

const IGNORED_LOOKED_AT_MAX = 1_000

/**
 * Events that name a reference and have not become part of a payment: waiting, parked, given up, or among the last
 * that were ignored. Those are the ones without an index, so only so many of them are looked at.
 */
export async function listEventsNaming(
  database: Queryable,
  scope: Scope,
  { reference, lane, limit }: { reference: string; lane: number; limit: number },
): Promise<InboxEventView[]> {
  const { rows } = await database.query<InboxEventView>({
    name: 'timeline_events_naming',
    text: `with named as (
        select inbox_event_id as id from inbox_queue where lane = $4
        union select inbox_event_id from dead_letters where merchant_id = $1 and livemode = $2
        union select inbox_event_id from inbox_parked where reference = $3
        union (select inbox_event_id from inbox_outcomes where status = 'ignored'
          order by inbox_event_id desc limit ${IGNORED_LOOKED_AT_MAX}))
      select ${inboxEventColumns} from ${inboxEventsFrom}
      where t.id = any(array(select id from named)) and t.merchant_id = $1 and t.livemode = $2
        and (t.ordering_key = $3 or t.object_reference = $3
          or exists (select from inbox_parked p where p.inbox_event_id = t.id and p.reference = $3))
      order by t.id limit $5`,
    values: [scope.merchantId, scope.livemode, reference, lane, limit],
  })
  return rows
}

/** What the provider calls this payment and what hangs on it. */
export async function listReferencesOf(
  database: Queryable,
  scope: Scope,
  subjectId: string,
): Promise<string[]> {
  const { rows } = await database.query<{ reference: string }>({
    name: 'timeline_references',
    text: `select reference from provider_objects where subject_id = $3 and merchant_id = $1 and livemode = $2
      order by reference limit ${TIMELINE_ITEMS_PER_KIND_MAX}`,
    values: [scope.merchantId, scope.livemode, subjectId],
  })
  return rows.map((row) => row.reference)
}

export async function listOutboxEventsOf(
  database: Queryable,
  scope: Scope,
  orderingKeys: string[],
): Promise<OutboxEventView[]> {
  const { rows } = await database.query<OutboxEventView>({
    name: 'timeline_outbox_events',
    text: `select e.id, e.type, e.sequence, q.outbox_event_id is not null as waiting,
        e.correlation_id as "correlationId", e.created_at as "createdAt"
      from outbox_events e left join outbox_queue q on q.partition = e.partition and q.outbox_event_id = e.id
      where e.ordering_key = any($3::text[]) and e.merchant_id = $1 and e.livemode = $2
      order by e.created_at, e.sequence limit ${TIMELINE_ITEMS_PER_KIND_MAX}`,
    values: [scope.merchantId, scope.livemode, orderingKeys],
  })
  return rows
}
