/**
 * Inbox, second half: waiting events are claimed and applied, each batch in one transaction.
 *
 * In: queue rows. Out: payments, postings, history and outbox rows; outcomes, retries and dead letters.
 * Promise: an event counts once; one that fails never stops the others; a dead worker's work is picked up again.
 */
import type { NewId } from '../domain/ids.ts'
import type { LedgerAccounts } from '../ledger/accounts.ts'
import { readClock } from '../store/clock.ts'
import type { Database, Transaction } from '../store/db.ts'
import type { ClaimedEvent } from '../store/inbox-claims.ts'
import { deleteQueueRows, recordOutcomes, type WaitingEvent } from '../store/inbox-results.ts'
import { together } from '../store/together.ts'
import { deleteWorkerBatch, markSuspects } from '../store/worker-batches.ts'
import { type AppliedEvent, applyEvents } from './apply-events.ts'
import { claimBatch } from './claim-batch.ts'
import { classifyApplyError } from './classify-apply-error.ts'
import { type RetryPolicy, spendAttempt, spendAttemptOfDeath } from './spend-attempt.ts'
import type { WebhookError } from './webhook-error.ts'

export type ProcessDeps = {
  database: Database
  newId: NewId
  ledgerAccounts: LedgerAccounts
  workerId: string
  retry: RetryPolicy
  /** upper bound of events in one transaction */
  batchCountMax: number
  onApplied: (events: AppliedEvent[]) => void
  onFailed: (event: WaitingEvent, failure: WebhookError, dead: boolean) => void
}

/** Repeats of a batch that lost a race, before its events are applied one at a time. */
const REPEAT_COUNT_MAX = 5

export type Turn = { outcome: 'idle' | 'worked'; count: number }
type Batch = { id: string | undefined; events: ClaimedEvent[] }

/** Opens an inbox worker; each call of the result is one turn, at most one batch. */
export function openInboxProcessor(deps: ProcessDeps): () => Promise<Turn> {
  /** batches whose transaction was lost with the database: their names must go before they look like a death */
  const unfinished: string[] = []
  return async () => {
    for (let id = unfinished.at(-1); id !== undefined; id = unfinished.at(-1)) {
      await deleteWorkerBatch(deps.database, id)
      unfinished.pop()
    }
    for (let repeat = 0; ; repeat++) {
      const batch: Batch = { id: undefined, events: [] }
      let result: BatchResult
      try {
        result = await applyOneBatch(deps, batch, repeat)
      } catch (error) {
        if (batch.id !== undefined) await forgetBatch(deps, batch.id, unfinished)
        throw error
      }
      if (result.outcome === 'repeat') continue
      if (result.outcome === 'applied') deps.onApplied(result.events)
      for (const failed of result.failed) deps.onFailed(failed.event, failed.failure, failed.dead)
      return {
        outcome: result.outcome === 'idle' ? 'idle' : 'worked',
        count: result.outcome === 'applied' ? batch.events.length : 0,
      }
    }
  }
}

/** The name goes at once if the database answers, else before this worker's next turn. */
async function forgetBatch(deps: ProcessDeps, id: string, unfinished: string[]): Promise<void> {
  try {
    await deleteWorkerBatch(deps.database, id)
  } catch {
    unfinished.push(id)
  }
}

type FailedEvent = { event: WaitingEvent; failure: WebhookError; dead: boolean }
type BatchResult = { failed: FailedEvent[] } & (
  | { outcome: 'idle' | 'settled' | 'repeat' | 'postponed' }
  | { outcome: 'applied'; events: AppliedEvent[] }
)

/**
 * One batch in one transaction. A failure is undone to the savepoint and settled while the lanes are still owned, so
 * that no other worker can take the batch for one whose worker died.
 * @throws when the transaction itself is lost
 */
async function applyOneBatch(
  deps: ProcessDeps,
  batch: Batch,
  repeat: number,
): Promise<BatchResult> {
  return deps.database.transaction(async (tx) => {
    const failed: FailedEvent[] = []
    const claim = await claimBatch(tx, {
      database: deps.database,
      newId: deps.newId,
      workerId: deps.workerId,
      countMax: deps.batchCountMax,
      onDeathAlone: async (settling, id) => {
        const spent = await spendAttemptOfDeath(settling, id, deps.retry)
        if (spent !== undefined) failed.push(spent)
      },
      onNamed: (id) => {
        batch.id = id
      },
    })
    if (claim.outcome !== 'batch') {
      return { outcome: claim.outcome === 'nothing_due' ? 'idle' : 'settled', failed }
    }
    batch.events = claim.events
    const [, at] = await together(
      tx.query({ name: 'inbox_savepoint', text: 'savepoint batch' }),
      readClock(tx),
    )
    try {
      // Alone for the second time: its parked children may be at fault, so they go their own way.
      const alone = claim.events.length === 1 && (repeat > 0 || claim.events[0]?.attemptCount !== 0)
      const events = await applyClaimed(tx, claim, {
        ...deps,
        at,
        ...(alone ? { childCountMax: 0 } : {}),
      })
      return { outcome: 'applied', events, failed }
    } catch (error) {
      const failure = classifyApplyError(error)
      // Nothing is spent while the database is away; the caller waits and comes back.
      if (failure.type === 'unavailable') throw error
      await tx.query({ name: 'inbox_rollback', text: 'rollback to savepoint batch' })
      await deleteWorkerBatch(tx, claim.batchId)
      if (repeat < repeatCountMax(failure, batch, deps.retry)) return { outcome: 'repeat', failed }
      failed.push(...(await settleFailure(tx, claim.events, failure, deps.retry)))
      return { outcome: 'postponed', failed }
    }
  })
}

/** Applies the events and finishes their work: queue rows and the batch's name go in the same commit. */
async function applyClaimed(
  tx: Transaction,
  claim: { batchId: string; events: ClaimedEvent[] },
  deps: ProcessDeps & { at: Date; childCountMax?: number },
): Promise<AppliedEvent[]> {
  const { applied, outcomes } = await applyEvents(tx, claim.events, deps)
  const ids = claim.events.map((event) => event.id)
  const [, finished] = await together(
    recordOutcomes(tx, outcomes, deps.at),
    deleteQueueRows(tx, ids),
    deleteWorkerBatch(tx, claim.batchId),
  )
  // We own the lanes, so only a lock lost without our knowing explains a missing row.
  if (finished !== ids.length) throw new Error(`claimed ${ids.length} events, finished ${finished}`)
  return applied
}

/** A lost race is repeated at once; so is the first failure of an event that is alone. */
function repeatCountMax(failure: WebhookError, batch: Batch, retry: RetryPolicy): number {
  if (failure.type === 'transient') return REPEAT_COUNT_MAX
  const [alone] = batch.events
  return batch.events.length === 1 && alone?.attemptCount === 0 ? retry.immediateCount : 0
}

/** One event is at fault but we do not know which: they are applied alone. Alone, it spends an attempt. */
async function settleFailure(
  tx: Transaction,
  events: ClaimedEvent[],
  failure: WebhookError,
  retry: RetryPolicy,
): Promise<FailedEvent[]> {
  const [alone] = events
  if (alone === undefined || events.length > 1) {
    await markSuspects(
      tx,
      events.map((event) => event.id),
    )
    return []
  }
  return [{ event: alone, failure, dead: await spendAttempt(tx, alone, failure, retry) }]
}
