/**
 * Inbox, second half: waiting events are claimed and applied, each batch in one transaction.
 *
 * In: queue rows. Out: payments, postings, history and outbox rows; outcomes, retries and dead letters.
 * Promise: an event counts once; one that fails never stops the others; a dead worker's work is picked up again.
 */
import type { NewId } from '../domain/ids.ts'
import type { LedgerAccounts } from '../ledger/accounts.ts'
import { readClock } from '../store/clock.ts'
import type { Database } from '../store/db.ts'
import type { ClaimedEvent } from '../store/inbox-claims.ts'
import { deleteQueueRows } from '../store/inbox-results.ts'
import { deleteWorkerBatch, markSuspects } from '../store/worker-batches.ts'
import { type AppliedEvent, applyEvents, ConcurrentReferenceError } from './apply-events.ts'
import { claimBatch } from './claim-batch.ts'
import { type RetryPolicy, spendAttempt, spendAttemptOfDeath } from './spend-attempt.ts'
import { classifyError, type WebhookError } from './webhook-error.ts'

export type ProcessDeps = {
  database: Database
  newId: NewId
  ledgerAccounts: LedgerAccounts
  workerId: string
  retry: RetryPolicy
  /** upper bound of events in one transaction */
  batchCountMax: number
  onApplied: (events: AppliedEvent[], seconds: number) => void
  onFailed: (event: ClaimedEvent, failure: WebhookError, dead: boolean) => void
}

/** Repeats of a batch that lost a race, before its events are applied one at a time. */
const REPEAT_COUNT_MAX = 5

export type Turn = { outcome: 'idle' | 'worked'; count: number }
type Batch = { id: string | undefined; events: ClaimedEvent[] }

/** Opens an inbox worker; each call of the result is one turn, at most one batch. */
export function openInboxProcessor(deps: ProcessDeps): () => Promise<Turn> {
  /** batches that failed while the database was away: their names must go before they look like a death */
  const unnamed: string[] = []
  return async () => {
    for (let id = unnamed.at(-1); id !== undefined; id = unnamed.at(-1)) {
      await deleteWorkerBatch(deps.database, id)
      unnamed.pop()
    }
    for (let repeat = 0; ; repeat++) {
      const batch: Batch = { id: undefined, events: [] }
      const startedAt = performance.now()
      try {
        const { outcome, applied } = await applyOneBatch(deps, batch)
        if (applied.length > 0) deps.onApplied(applied, (performance.now() - startedAt) / 1000)
        return { outcome, count: batch.events.length }
      } catch (error) {
        if (batch.id !== undefined) unnamed.push(batch.id)
        const failure = classifyApplyError(error)
        // Nothing is spent while the database is away; the caller waits and comes back.
        if (failure.type === 'unavailable' || batch.events.length === 0) throw error
        for (let id = unnamed.at(-1); id !== undefined; id = unnamed.at(-1)) {
          await deleteWorkerBatch(deps.database, id)
          unnamed.pop()
        }
        if (repeat < repeatCountMax(failure, batch, deps.retry)) continue
        await settleFailure(deps, batch.events, failure)
        return { outcome: 'worked', count: 0 }
      }
    }
  }
}

async function applyOneBatch(
  deps: ProcessDeps,
  batch: Batch,
): Promise<{ outcome: Turn['outcome']; applied: AppliedEvent[] }> {
  return deps.database.transaction(async (tx) => {
    const claim = await claimBatch(tx, {
      database: deps.database,
      newId: deps.newId,
      workerId: deps.workerId,
      countMax: deps.batchCountMax,
      onDeathAlone: (settling, id) => spendAttemptOfDeath(settling, id, deps.retry),
      onNamed: (id) => {
        batch.id = id
      },
    })
    if (claim.outcome !== 'batch') {
      return { outcome: claim.outcome === 'nothing_due' ? 'idle' : 'worked', applied: [] }
    }
    batch.events = claim.events
    const applied = await applyEvents(tx, claim.events, { ...deps, at: await readClock(tx) })
    const ids = claim.events.map((event) => event.id)
    const finished = await deleteQueueRows(tx, ids)
    // We own the lanes, so only a lock lost without our knowing explains a missing row.
    if (finished !== ids.length)
      throw new Error(`claimed ${ids.length} events, finished ${finished}`)
    await deleteWorkerBatch(tx, claim.batchId)
    return { outcome: 'worked', applied }
  })
}

function classifyApplyError(error: unknown): WebhookError {
  if (!(error instanceof ConcurrentReferenceError)) return classifyError(error)
  return {
    type: 'transient',
    code: 'lost_race',
    statusCode: 503,
    detail: error.message,
    retry: 'at_once',
  }
}

function repeatCountMax(failure: WebhookError, batch: Batch, retry: RetryPolicy): number {
  if (failure.type === 'transient') return REPEAT_COUNT_MAX
  return batch.events.length === 1 ? retry.immediateCount : 0
}

/** One event is at fault but we do not know which: they are applied alone. Alone, it spends an attempt. */
async function settleFailure(
  deps: ProcessDeps,
  events: ClaimedEvent[],
  failure: WebhookError,
): Promise<void> {
  const [alone] = events
  if (alone === undefined || events.length > 1) {
    await markSuspects(
      deps.database,
      events.map((event) => event.id),
    )
    return
  }
  const dead = await spendAttempt(deps.database, alone, failure, deps.retry)
  deps.onFailed(alone, failure, dead)
}
