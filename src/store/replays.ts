/** Replays as jobs: what was asked for, how far it has come, and who may write the next batch. */
import type { Actor } from './audit-log.ts'
import type { Queryable, Transaction } from './db.ts'
import type { InboxEventFilter } from './inbox-selection.ts'
import { listPage, type Page, type PageOptions, type Scope } from './list-page.ts'

export const replayStatuses = ['waiting', 'running', 'finished', 'stopped'] as const
export type ReplayStatus = (typeof replayStatuses)[number]

export const replayCounters = [
  'changed',
  'unchanged',
  'ignored',
  'parked',
  'waiting',
  'failed',
] as const
export type ReplayCounter = (typeof replayCounters)[number]
export type ReplayCounts = Record<ReplayCounter, number>

export type ReplayView = {
  id: string
  filter: InboxEventFilter
  reason: string | null
  actorType: Actor['type']
  actorId: string
  status: ReplayStatus
  /** null: more than are counted ahead */
  totalCount: number | null
  counts: ReplayCounts
  postingCount: number
  createdAt: Date
  startedAt: Date | null
  finishedAt: Date | null
  /** from its start to its end, or to now */
  workedSeconds: number
}

const counts = replayCounters.map((counter) => `'${counter}', t.${counter}_count`).join(', ')
const columns = `t.id, t.filter, t.reason, t.actor_type as "actorType", t.actor_id as "actorId", t.status,
  t.total_count::float8 as "totalCount", json_build_object(${counts}) as counts,
  t.posting_count::float8 as "postingCount", t.created_at as "createdAt", t.started_at as "startedAt",
  t.finished_at as "finishedAt",
  coalesce(extract(epoch from coalesce(t.finished_at, payonce_clock()) - t.started_at), 0)::float8 as "workedSeconds"`

export type NewReplay = {
  id: string
  filter: InboxEventFilter
  reason: string | undefined
  actor: Actor
  totalCount: number | undefined
}

export async function createReplayRow(
  tx: Transaction,
  scope: Scope,
  replay: NewReplay,
): Promise<void> {
  await tx.query({
    name: 'replays_create',
    text: `with clock as materialized (select payonce_clock() as at)
      insert into replays (id, merchant_id, livemode, filter, reason, actor_type, actor_id, total_count,
        received_before, created_at)
      select $1, $2, $3, $4, $5, $6, $7, $8, at, at from clock`,
    values: [
      replay.id,
      scope.merchantId,
      scope.livemode,
      JSON.stringify(replay.filter),
      replay.reason ?? null,
      replay.actor.type,
      replay.actor.id,
      replay.totalCount ?? null,
    ],
  })
}

export async function findReplay(
  database: Queryable,
  scope: Scope,
  id: string,
): Promise<ReplayView | undefined> {
  const { rows } = await database.query<ReplayView>({
    name: 'replays_find',
    text: `select ${columns} from replays t where t.merchant_id = $1 and t.livemode = $2 and t.id = $3`,
    values: [scope.merchantId, scope.livemode, id],
  })
  return rows[0]
}

export function listReplays(
  database: Queryable,
  scope: Scope,
  page: PageOptions,
): Promise<Page<ReplayView>> {
  const list = { name: 'replays_list', select: `select ${columns} from replays t` }
  const keyOf = (row: ReplayView) => row.id
  return listPage<ReplayView>(database, list, scope, page, { conditions: [], keyOf })
}

/** False: it is over, or not the caller's. */
export async function stopReplayRow(tx: Transaction, scope: Scope, id: string): Promise<boolean> {
  const { count } = await tx.query({
    name: 'replays_stop',
    text: `update replays set status = 'stopped', finished_at = payonce_clock()
      where merchant_id = $1 and livemode = $2 and id = $3 and status in ('waiting', 'running')`,
    values: [scope.merchantId, scope.livemode, id],
  })
  return count > 0
}

export type ReplayResult = {
  inboxEventId: string
  status: ReplayCounter
  reason: string | null
  detail: string | null
  paymentId: string | null
  changeCount: number
}
export type ReplayResultView = ReplayResult & { eventId: string; type: string; replayedAt: Date }

export function listReplayResults(
  database: Queryable,
  scope: Scope,
  filter: { replayId: string; status: ReplayCounter | undefined },
  page: PageOptions,
): Promise<Page<ReplayResultView>> {
  const list = {
    name: 'replay_results_list',
    key: 't.inbox_event_id',
    select: `select t.inbox_event_id as "inboxEventId", e.event_id as "eventId", e.type, t.status, t.reason, t.detail,
      t.payment_id as "paymentId", t.change_count as "changeCount", t.replayed_at as "replayedAt"
      from replay_results t join inbox_events e on e.id = t.inbox_event_id`,
  }
  return listPage<ReplayResultView>(database, list, scope, page, {
    conditions: [
      { name: 'replay', sql: 't.replay_id = ?', value: filter.replayId },
      ...(filter.status === undefined
        ? []
        : [{ name: 'status', sql: 't.status = ?', value: filter.status }]),
    ],
    keyOf: (row) => row.inboxEventId,
  })
}
