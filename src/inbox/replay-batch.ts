/**
 * Works replays: each turn claims one under a lease, applies its next events in one transaction and records their
 * results and its position in that same commit, under the fence of the claim.
 *
 * A worker that dies loses its lease after 10 s; the next one takes the events of the unfinished batch one at a time
 * and, when workers keep ending at the same event, tells of it and goes on. What is applied twice changes nothing.
 */
import type { Database, Transaction } from '../store/db.ts'
import type { ClaimedEvent } from '../store/inbox-claims.ts'
import {
  deleteFormerStates,
  hurryQueued,
  listEventsToReplay,
  listQueued,
  recordReplayFailures,
} from '../store/inbox-replays.ts'
import { listInboxEventIds } from '../store/inbox-selection.ts'
import { boundWaits, isGivenUp, isOutOfTime } from '../store/replay-bounds.ts'
import {
  type ClaimedReplay,
  claimReplay,
  finishReplay,
  type Lease,
  type ReplayBatch,
  recordReplayBatch,
  releaseReplay,
} from '../store/replay-claims.ts'
import type { ReplayCounts, ReplayResult } from '../store/replays.ts'
import {
  type ReplayDeps,
  type Replayed,
  type ReplayedEvent,
  replayEvents,
} from './replay-events.ts'
import { classifyError } from './webhook-error.ts'

export type ReplayerDeps = ReplayDeps & {
  database: Pick<Database, 'query' | 'transaction'>
  /** told of each batch that has committed */
  onBatch: (batch: { replayId: string; counts: ReplayCounts }) => void
}

const BATCH_COUNT_MAX = 100
const LEASE_SECONDS = 10
/** Below PostgreSQL's deadlock_timeout of 1 s: in a tie it is the replay that gives way. */
const LOCK_MS_MAX = 800
/** A batch must end before its lease does. */
const STATEMENT_MS_MAX = 8_000
/** Claims in vain before an event that is alone is held to be the cause. */
const CLAIM_COUNT_MAX = 4

/** Opens a worker of replays; each call of the result is one turn, at most one batch. */
export function openReplayer(deps: ReplayerDeps): () => Promise<'idle' | 'worked'> {
  /** leases of batches that were lost with the database: given back before they look like a death */
  const unreleased: (Lease & { blameless: boolean })[] = []
  return async () => {
    for (let lease = unreleased.at(-1); lease !== undefined; lease = unreleased.at(-1)) {
      await releaseReplay(deps.database, lease)
      unreleased.pop()
    }
    const claim = await claimReplay(deps.database, LEASE_SECONDS)
    if (claim === undefined) return 'idle'
    try {
      const counts = await deps.database.transaction((tx) => workBatch(tx, claim, deps))
      if (counts !== undefined) deps.onBatch({ replayId: claim.id, counts })
      return 'worked'
    } catch (error) {
      // Stopped meanwhile, or taken over: whoever holds it now goes on from the last commit.
      if (error instanceof LeaseLostError) return 'worked'
      const { type } = classifyError(error)
      // A statement that ran out of its time does so again, until its batch is taken apart.
      const blameless = (type === 'unavailable' || type === 'transient') && !isOutOfTime(error)
      const lease = { id: claim.id, fence: claim.fence, blameless }
      await releaseReplay(deps.database, lease).catch(() => unreleased.push(lease))
      if (isGivenUp(error)) return 'idle'
      throw error
    }
  }
}

class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError'
}

/** Undefined: there was nothing left, and the replay is finished. */
async function workBatch(
  tx: Transaction,
  claim: ClaimedReplay,
  deps: ReplayDeps,
): Promise<ReplayCounts | undefined> {
  await boundWaits(tx, { lockMs: LOCK_MS_MAX, statementMs: STATEMENT_MS_MAX })
  const ids = await listInboxEventIds(tx, claim, claim.filter, {
    order: 'oldest_first',
    after: claim.position,
    limit: claim.claimCount > 1 ? 1 : BATCH_COUNT_MAX,
  })
  const [first] = ids
  if (first === undefined) {
    await finishReplay(tx, claim)
    return undefined
  }
  const batch =
    claim.claimCount > CLAIM_COUNT_MAX
      ? { ...nothing, results: [failed(first, workerDied)], position: first }
      : await replayIds(tx, claim, ids, deps)
  const counts = countResults(batch.results)
  if (!(await recordReplayBatch(tx, claim, { ...batch, counts }))) {
    throw new LeaseLostError(`replay ${claim.id} is not ours any more`)
  }
  return counts
}

async function replayIds(
  tx: Transaction,
  claim: ClaimedReplay,
  ids: string[],
  deps: ReplayDeps,
): Promise<Omit<ReplayBatch, 'counts'>> {
  const queued = new Set(await listQueued(tx, ids))
  const loaded = await listEventsToReplay(
    tx,
    ids.filter((id) => !queued.has(id)),
  )
  const last = loaded.at(-1)?.id
  const cut = loaded.length + queued.size < ids.length && last !== undefined
  const done = cut ? ids.filter((id) => id <= last) : ids
  const waiting = done.filter((id) => queued.has(id))
  await hurryQueued(tx, waiting)
  const events = loaded.filter((event): event is ClaimedEvent => event.body !== null)
  const replayed: Replayed =
    events.length === 0
      ? { events: [], children: [], folds: [] }
      : await replayEvents(tx, events, deps)
  await settle(tx, [...replayed.events, ...replayed.children])
  const archived = loaded.filter((event) => event.body === null)
  return {
    results: [
      ...waiting.map((id) => ({ ...nothingDone, inboxEventId: id, status: 'waiting' as const })),
      ...archived.map((event) => failed(event.id, payloadArchived)),
      ...replayed.events.map((event) => resultOf(event, claim)),
    ],
    children: replayed.children.map((event) => resultOf(event, claim)),
    postingCount: replayed.folds
      .flatMap((fold) => fold.changes.entries)
      .reduce((sum, entry) => sum + entry.lines.length, 0),
    position: done.at(-1) ?? claim.position,
  }
}

/** What went well is no dead letter any more and waits for nothing; a failure is kept with the event. */
async function settle(tx: Transaction, events: ReplayedEvent[]): Promise<void> {
  const well = events.filter((event) => event.status !== 'failed')
  await deleteFormerStates(tx, {
    revived: well.flatMap((event) => [event.id, event.claimed.id]),
    settled: well.filter((event) => event.status !== 'parked').map((event) => event.claimed.id),
  })
  await recordReplayFailures(
    tx,
    events.flatMap(({ id, failure }) =>
      failure === undefined
        ? []
        : {
            inboxEventId: id,
            errorType: failure.type,
            code: failure.code,
            detail: failure.detail ?? failure.code,
          },
    ),
  )
}

const nothing = { children: [], postingCount: 0 }
const nothingDone = { reason: null, detail: null, paymentId: null, changeCount: 0 }
const workerDied = {
  code: 'worker_died',
  detail: 'workers ended or failed each time they replayed this event',
}
const payloadArchived = { code: 'payload_archived', detail: 'the month it came in is archived' }

function failed(inboxEventId: string, why: { code: string; detail: string }): ReplayResult {
  const told = { reason: why.code, detail: why.detail }
  return { ...nothingDone, ...told, inboxEventId, status: 'failed' }
}

/** An event may belong to another merchant by now, whose payment is not ours to name. */
function resultOf(event: ReplayedEvent, claim: ClaimedReplay): ReplayResult {
  const { claimed, status, reason, paymentId, changeCount, failure } = event
  const isOwn = claimed.merchantId === claim.merchantId && claimed.livemode === claim.livemode
  const detail = failure?.detail ?? null
  const shown = isOwn ? paymentId : null
  return { inboxEventId: event.id, status, reason, detail, paymentId: shown, changeCount }
}

function countResults(results: ReplayResult[]): ReplayCounts {
  const counts = { changed: 0, unchanged: 0, ignored: 0, parked: 0, waiting: 0, failed: 0 }
  for (const { status } of results) counts[status] += 1
  return counts
}
