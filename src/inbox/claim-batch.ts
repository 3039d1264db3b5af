/**
 * Claims a batch: owns lanes by their row locks, settles what dead workers left in them, picks due events and names
 * the batch in a commit of its own before anything is applied.
 */
import type { NewId } from '../domain/ids.ts'
import type { Database, Transaction } from '../store/db.ts'
import { type ClaimedEvent, listDueEvents, lockDueLanes } from '../store/inbox-claims.ts'
import { together } from '../store/together.ts'
import {
  createWorkerBatch,
  deleteWorkerBatch,
  listAbandonedBatches,
  listSuspects,
  markSuspects,
  type WorkerBatch,
} from '../store/worker-batches.ts'

export type ClaimOptions = {
  database: Database
  newId: NewId
  workerId: string
  /** upper bound of events in one batch */
  countMax: number
  /** told of an event during which a worker died while it was alone */
  onDeathAlone: (tx: Transaction, inboxEventId: string) => Promise<void>
  /** told of the batch's name just before it is written: from then on it must be deleted, whatever happens */
  onNamed: (batchId: string) => void
}

export type Claim =
  | { outcome: 'nothing_due' }
  /** a dead worker's batch was settled; claim again */
  | { outcome: 'settled' }
  | { outcome: 'batch'; batchId: string; events: ClaimedEvent[] }

export async function claimBatch(tx: Transaction, options: ClaimOptions): Promise<Claim> {
  const lanes = await lockDueLanes(tx, Math.floor(performance.now()) % 64)
  if (lanes.length === 0) return { outcome: 'nothing_due' }
  const [abandoned, suspects, regular] = await together(
    listAbandonedBatches(tx, lanes),
    listDueEvents(tx, { lanes, countMax: 1, suspects: true }),
    listDueEvents(tx, { lanes, countMax: options.countMax, suspects: false }),
  )
  if (abandoned.length > 0) {
    await settleAbandoned(tx, abandoned, options)
    return { outcome: 'settled' }
  }
  const events = suspects.length > 0 ? suspects : regular
  if (events.length === 0) return { outcome: 'nothing_due' }
  const batchId = options.newId('workerBatch')
  options.onNamed(batchId)
  await createWorkerBatch(options.database, {
    id: batchId,
    workerId: options.workerId,
    lanes: [...new Set(events.map((event) => event.lane))],
    inboxEventIds: events.map((event) => event.id),
  })
  return { outcome: 'batch', batchId, events }
}

/**
 * We own these lanes, so a batch that is still named in them is not running: its worker died. Its events are applied
 * one at a time from now on; only a death while alone as a suspect counts as the event's own fault, because the
 * first death may have been the database's or the machine's.
 */
async function settleAbandoned(
  tx: Transaction,
  abandoned: WorkerBatch[],
  options: ClaimOptions,
): Promise<void> {
  for (const batch of abandoned) {
    const suspects = await listSuspects(tx, batch.inboxEventIds)
    const [alone] = suspects
    if (batch.inboxEventIds.length === 1 && alone !== undefined)
      await options.onDeathAlone(tx, alone)
    else await markSuspects(tx, batch.inboxEventIds)
    await deleteWorkerBatch(tx, batch.id)
  }
}
