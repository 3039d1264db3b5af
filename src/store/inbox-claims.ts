/**
 * Claiming inbox work. A worker owns the lanes whose rows it has locked; the lock lives and dies with its
 * transaction, so a dead worker frees its work by itself.
 */
import type { Queryable, Transaction } from './db.ts'

export type ClaimedEvent = {
  id: string
  merchantId: string
  livemode: boolean
  providerAccountId: string
  provider: string
  eventId: string
  type: string
  correlationId: string
  requestId: string
  traceContext: string | null
  receivedAt: Date
  attemptCount: number
  lane: number
  /** UTF-8, as intake checked before it kept it */
  body: string
}

const LANES_PER_BATCH_MAX = 16
const BATCH_BYTES_MAX = 16 * 1024 * 1024

/** Of `inbox_events e`, `inbox_payloads p`, `provider_accounts a`. */
export const claimedEventColumns = `e.id, e.merchant_id as "merchantId", e.livemode, e.provider_account_id as "providerAccountId",
  a.provider, e.event_id as "eventId", e.type, e.correlation_id as "correlationId", e.request_id as "requestId",
  e.trace_context as "traceContext",
  e.received_at as "receivedAt", convert_from(p.body, 'UTF8') as body`

/** Lanes with due work that no other worker owns; locked until the transaction ends. */
export async function lockDueLanes(tx: Transaction, startLane: number): Promise<number[]> {
  const { rows } = await tx.query<{ lane: number }>({
    name: 'inbox_lock_due_lanes',
    text: `with clock as materialized (select payonce_clock() as at)
      select l.lane from inbox_lanes l, clock
      where exists (select 1 from inbox_queue q where q.lane = l.lane and q.run_at <= clock.at)
      order by (l.lane + $1) % 64
      limit ${LANES_PER_BATCH_MAX} for update of l skip locked`,
    values: [startLane],
  })
  return rows.map((row) => row.lane)
}

/**
 * Due events of the lanes, oldest first per lane, at most `countMax` events and 16 MiB of bodies.
 * @param suspects true: only events that were in a dead worker's batch; false: only the others
 */
export async function listDueEvents(
  tx: Transaction,
  options: { lanes: number[]; countMax: number; suspects: boolean },
): Promise<ClaimedEvent[]> {
  // Two statements, so that each is planned for its own index.
  const which = options.suspects ? 'suspects' : 'regular'
  const { rows } = await tx.query<ClaimedEvent>({
    name: `inbox_list_due_${which}`,
    text: `with clock as materialized (select payonce_clock() as at),
      due as materialized (
        select q.* from unnest($1::smallint[]) as owned(lane), clock
        cross join lateral (
          select * from inbox_queue i
          where i.lane = owned.lane and i.run_at <= clock.at and ${options.suspects ? 'i.suspect' : 'not i.suspect'}
          order by i.run_at limit $2) q
      )
      select * from (
        select q.attempt_count as "attemptCount", q.lane, q.run_at, ${claimedEventColumns},
          sum(octet_length(p.body)) over (order by q.run_at, e.id) - octet_length(p.body) as bytes_before
        from due q
        join inbox_events e on e.id = q.inbox_event_id
        join inbox_payloads p on p.inbox_event_id = q.inbox_event_id and p.received_at = q.received_at
        join provider_accounts a on a.id = e.provider_account_id
      ) claimed where bytes_before < ${BATCH_BYTES_MAX} order by run_at, id`,
    values: [options.lanes, Math.max(1, Math.ceil(options.countMax / options.lanes.length))],
  })
  return options.suspects ? rows.slice(0, 1) : rows
}

/** Events by id, as they were claimed; for children that leave the parking place. */
export async function listParkedEvents(
  tx: Transaction,
  names: { providerAccountId: string; kind: string; reference: string }[],
): Promise<ClaimedEvent[]> {
  const { rows } = await tx.query<ClaimedEvent>({
    name: 'inbox_list_parked_events',
    text: `select 0 as "attemptCount", e.lane, ${claimedEventColumns}
      from json_to_recordset($1) as named("providerAccountId" text, kind text, reference text)
      join inbox_parked w on w.provider_account_id = named."providerAccountId" and w.kind = named.kind
        and w.reference = named.reference
      join inbox_events e on e.id = w.inbox_event_id
      join inbox_payloads p on p.inbox_event_id = e.id and p.received_at = e.received_at
      join provider_accounts a on a.id = e.provider_account_id
      order by e.id for update of w`,
    values: [JSON.stringify(names)],
  })
  return rows
}

/** Milliseconds until the next queued event is due; undefined when the queue is empty. Never negative. */
export async function findNextDueMs(database: Queryable): Promise<number | undefined> {
  const { rows } = await database.query<{ ms: number | null }>({
    name: 'inbox_next_due',
    text: `select (extract(epoch from min(run_at) - payonce_clock()) * 1000)::float8 as ms
      from inbox_lanes l cross join lateral (
        select run_at from inbox_queue q where q.lane = l.lane order by run_at limit 1) q`,
  })
  const ms = rows[0]?.ms
  return ms === null || ms === undefined ? undefined : Math.max(0, ms)
}
