/**
 * The lease on a replay. A claim commits before its batch begins and raises the fence; the batch's own commit must
 * find that fence, so that a worker that wakes up late writes nothing at all.
 */
import type { Queryable, Transaction } from './db.ts'
import type { InboxEventFilter } from './inbox-selection.ts'
import { type ReplayCounts, type ReplayResult, replayCounters } from './replays.ts'
import { rowsParameter } from './rows-parameter.ts'

export type ClaimedReplay = {
  id: string
  merchantId: string
  livemode: boolean
  /** ends with what was there when the replay was ordered */
  filter: InboxEventFilter
  /** events up to this id are done */
  position: string
  fence: string
  /** claims since the last batch that committed, this one included: above 1, a worker may have died */
  claimCount: number
}
type ClaimRow = ClaimedReplay & { receivedBefore: Date }
export type Lease = Pick<ClaimedReplay, 'id' | 'fence'>

/** The open replay that has waited longest and nobody owns; undefined when there is none. */
export async function claimReplay(
  database: Queryable,
  leaseSeconds: number,
): Promise<ClaimedReplay | undefined> {
  const { rows } = await database.query<ClaimRow>({
    name: 'replays_claim',
    text: `with clock as materialized (select payonce_clock() as at),
      due as (
        select r.id from replays r, clock
        where r.status in ('waiting', 'running') and (r.lease_until is null or r.lease_until <= clock.at)
        order by coalesce(r.worked_at, r.created_at) limit 1 for update of r skip locked)
      update replays r set status = 'running', fence = r.fence + 1, claim_count = r.claim_count + 1,
        lease_until = clock.at + make_interval(secs => $1), started_at = coalesce(r.started_at, clock.at)
      from due, clock where r.id = due.id
      returning r.id, r.merchant_id as "merchantId", r.livemode, r.filter, r.received_before as "receivedBefore",
        r.position, r.fence::text as fence, r.claim_count as "claimCount"`,
    values: [leaseSeconds],
  })
  return rows.map(withOpenEnd)[0]
}

/** The job's own end is the later bound of its filter; JSON keeps times as text. */
function withOpenEnd({ filter, receivedBefore, ...replay }: ClaimRow): ClaimedReplay {
  const { receivedFrom, receivedTo } = filter
  // The driver cuts times to milliseconds; what came in the same one belongs to the replay.
  const end = new Date(receivedBefore.getTime() + 1)
  const to = receivedTo === undefined ? end : new Date(receivedTo)
  return {
    ...replay,
    filter: {
      ...filter,
      receivedFrom: receivedFrom === undefined ? undefined : new Date(receivedFrom),
      receivedTo: to < end ? to : end,
    },
  }
}

export type ReplayBatch = {
  results: ReplayResult[]
  counts: ReplayCounts
  /** events that were parked by an earlier batch and applied by this one */
  children: ReplayResult[]
  postingCount: number
  position: string
}

/** False: the lease is somebody else's by now, or the replay was stopped; the caller undoes its transaction. */
export async function recordReplayBatch(
  tx: Transaction,
  replay: ClaimedReplay,
  batch: ReplayBatch,
): Promise<boolean> {
  const counts = await recordChildren(tx, replay, batch)
  await tx.query({
    name: 'replay_results_record',
    text: `insert into replay_results (replay_id, inbox_event_id, merchant_id, livemode, status, reason, detail,
        payment_id, change_count, replayed_at)
      select $1, "inboxEventId", $2, $3, status, reason, detail, "paymentId", "changeCount", payonce_clock()
      from json_to_recordset($4) as r("inboxEventId" text, status text, reason text, detail text, "paymentId" text,
        "changeCount" integer)`,
    values: [replay.id, replay.merchantId, replay.livemode, rowsParameter(batch.results)],
  })
  const added = replayCounters.map((name, index) => `${name}_count = ${name}_count + $${index + 5}`)
  const { count } = await tx.query({
    name: 'replays_record_batch',
    text: `update replays set position = $3, posting_count = posting_count + $4, ${added.join(', ')},
        lease_until = null, claim_count = 0, worked_at = payonce_clock()
      where id = $1 and fence = $2 and status = 'running'`,
    values: [
      replay.id,
      replay.fence,
      batch.position,
      batch.postingCount,
      ...replayCounters.map((name) => counts[name]),
    ],
  })
  return count === 1
}

/** What was told as parked is told as what became of it. @returns the counts of the batch, moved accordingly */
async function recordChildren(
  tx: Transaction,
  replay: ClaimedReplay,
  { counts, children }: ReplayBatch,
): Promise<ReplayCounts> {
  if (children.length === 0) return counts
  const { rows } = await tx.query<{ status: keyof ReplayCounts }>({
    name: 'replay_results_record_children',
    text: `update replay_results t set status = r.status, reason = r.reason, payment_id = r."paymentId",
        change_count = r."changeCount", replayed_at = payonce_clock()
      from json_to_recordset($2) as r("inboxEventId" text, status text, reason text, "paymentId" text,
        "changeCount" integer)
      where t.replay_id = $1 and t.inbox_event_id = r."inboxEventId" and t.status = 'parked' returning t.status`,
    values: [replay.id, rowsParameter(children)],
  })
  const moved = { ...counts, parked: counts.parked - rows.length }
  for (const { status } of rows) moved[status] += 1
  return moved
}

export async function finishReplay(database: Queryable, lease: Lease): Promise<void> {
  await database.query({
    name: 'replays_finish',
    text: `update replays set status = 'finished', finished_at = payonce_clock(), lease_until = null, claim_count = 0
      where id = $1 and fence = $2 and status = 'running'`,
    values: [lease.id, lease.fence],
  })
}

/**
 * A worker that lives and could not work gives its lease back. That the database was away or busy is no fault of the
 * events; any other error counts like a death, so that a batch that cannot be recorded is taken apart.
 */
export async function releaseReplay(
  database: Queryable,
  lease: Lease & { blameless: boolean },
): Promise<void> {
  await database.query({
    name: 'replays_release',
    text: `update replays set lease_until = null, worked_at = payonce_clock(),
        claim_count = greatest(claim_count - case when $3 then 1 else 0 end, 0)
      where id = $1 and fence = $2 and status = 'running'`,
    values: [lease.id, lease.fence, lease.blameless],
  })
}
