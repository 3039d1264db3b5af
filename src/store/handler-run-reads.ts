/** Runs of handlers as people see them, and the retry of one that was given up. */
import type { Queryable } from './db.ts'
import { listPage, type Page, type PageOptions, type Scope, when } from './list-page.ts'

export const handlerRunStatuses = ['waiting', 'dead'] as const
export type HandlerRunStatus = (typeof handlerRunStatuses)[number]

export type HandlerRun = {
  id: string
  handler: string
  status: HandlerRunStatus
  inboxEventId: string
  providerEventId: string
  type: string
  paymentId: string | null
  attemptCount: number
  code: string | null
  detail: string | null
  createdAt: Date
  failedAt: Date | null
  /** next call, while it waits; a run under way shows the end of its lease */
  runAt: Date
  deadAt: Date | null
}

export type HandlerRunFilter = {
  handler?: string | undefined
  status?: HandlerRunStatus | undefined
}

export function listHandlerRuns(
  database: Queryable,
  scope: Scope,
  filter: HandlerRunFilter,
  page: PageOptions,
): Promise<Page<HandlerRun>> {
  const list = {
    name: 'handler_runs_list',
    select: `select t.id, t.handler, case when t.dead_at is null then 'waiting' else 'dead' end as status,
      t.inbox_event_id as "inboxEventId", e.event_id as "providerEventId", e.type, o.payment_id as "paymentId",
      t.attempt_count as "attemptCount", t.code, t.detail, t.created_at as "createdAt", t.failed_at as "failedAt",
      t.run_at as "runAt", t.dead_at as "deadAt"
      from handler_runs t join inbox_events e on e.id = t.inbox_event_id
      left join inbox_outcomes o on o.inbox_event_id = t.inbox_event_id`,
  }
  const isDead = filter.status === undefined ? undefined : filter.status === 'dead'
  return listPage<HandlerRun>(database, list, scope, page, {
    conditions: [
      ...when(filter.handler, 'handler', 't.handler = ?'),
      ...when(isDead, 'dead', '(t.dead_at is not null) = ?'),
    ],
    keyOf: (row) => row.id,
  })
}

/**
 * Makes a run that was given up due at once, with all its attempts.
 * @returns what it was given up for; undefined when none of the caller's was
 */
export async function reviveHandlerRun(
  database: Queryable,
  scope: Scope,
  id: string,
): Promise<{ code: string } | undefined> {
  const { rows } = await database.query<{ code: string }>({
    name: 'handler_runs_revive',
    text: `update handler_runs set dead_at = null, attempt_count = 0, run_at = payonce_clock()
      where id = $3 and merchant_id = $1 and livemode = $2 and dead_at is not null returning code`,
    values: [scope.merchantId, scope.livemode, id],
  })
  return rows[0]
}
