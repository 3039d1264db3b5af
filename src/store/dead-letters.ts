/** Events that were given up: kept, shown, put back to work or set aside when a person says so. */
import type { Queryable, Transaction } from './db.ts'
import { listPage, type Page, type PageOptions, type Scope, when } from './list-page.ts'

export type DeadLetter = {
  inboxEventId: string
  eventId: string
  type: string
  objectReference: string | null
  attemptCount: number
  errorType: string
  code: string
  detail: string
  receivedAt: Date
  deadAt: Date
  setAsideAt: Date | null
  setAsideReason: string | null
  setAsideBy: string | null
}

export const deadLetterStates = ['open', 'set_aside', 'all'] as const
export type DeadLetterState = (typeof deadLetterStates)[number]

const stateSql = {
  open: 't.set_aside_at is null',
  set_aside: 't.set_aside_at is not null',
  all: 'true',
}

export function listDeadLetters(
  database: Queryable,
  scope: Scope,
  filter: { state: DeadLetterState; code?: string | undefined },
  page: PageOptions,
): Promise<Page<DeadLetter>> {
  const list = {
    name: 'dead_letters_list',
    key: 't.inbox_event_id',
    select: `select t.inbox_event_id as "inboxEventId", e.event_id as "eventId", e.type, e.object_reference as "objectReference",
      t.attempt_count as "attemptCount", t.error_type as "errorType", t.code, t.detail,
      e.received_at as "receivedAt", t.dead_at as "deadAt", t.set_aside_at as "setAsideAt",
      t.set_aside_reason as "setAsideReason", t.set_aside_by as "setAsideBy"
      from dead_letters t join inbox_events e on e.id = t.inbox_event_id`,
  }
  return listPage<DeadLetter>(database, list, scope, page, {
    conditions: [
      { name: filter.state, sql: stateSql[filter.state] },
      ...when(filter.code, 'code', 't.code = ?'),
    ],
    keyOf: (row) => row.inboxEventId,
  })
}

/** Takes the dead letter away and queues its event anew, due at once, unless it waits already; false when there is none of the caller's. */
export async function requeueDeadLetter(
  tx: Transaction,
  scope: Scope,
  inboxEventId: string,
): Promise<boolean> {
  const { count } = await tx.query({
    name: 'dead_letters_requeue',
    text: `with gone as (
        delete from dead_letters where inbox_event_id = $3 and merchant_id = $1 and livemode = $2
        returning inbox_event_id),
      queued as (
        insert into inbox_queue (inbox_event_id, received_at, lane, run_at, suspect)
        select e.id, e.received_at, e.lane, payonce_clock(), true from inbox_events e join gone on gone.inbox_event_id = e.id
        on conflict do nothing)
      select from gone`,
    values: [scope.merchantId, scope.livemode, inboxEventId],
  })
  return count > 0
}

/** A dead letter a person has decided about: kept and shown, but no longer waiting for anybody. */
export async function setDeadLetterAside(
  tx: Transaction,
  scope: Scope,
  letter: { inboxEventId: string; reason: string; by: string },
): Promise<boolean> {
  const { count } = await tx.query({
    name: 'dead_letters_set_aside',
    text: `update dead_letters set set_aside_at = coalesce(set_aside_at, payonce_clock()), set_aside_reason = $4,
        set_aside_by = $5
      where inbox_event_id = $3 and merchant_id = $1 and livemode = $2`,
    values: [scope.merchantId, scope.livemode, letter.inboxEventId, letter.reason, letter.by],
  })
  return count > 0
}
