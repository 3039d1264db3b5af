/** Batches named before they start. Whoever owns a lane and finds a batch of it here knows its worker is gone. */
import type { Queryable, Transaction } from './db.ts'

export type WorkerBatch = { id: string; workerId: string; inboxEventIds: string[] }

/** In a commit of its own, on another connection than the batch: it must survive the worker. */
export async function createWorkerBatch(
  database: Queryable,
  batch: WorkerBatch & { lanes: number[] },
): Promise<void> {
  await database.query({
    name: 'worker_batches_create',
    text: `insert into worker_batches (id, worker_id, lanes, inbox_event_ids, started_at)
      values ($1, $2, $3, $4, payonce_clock())`,
    values: [batch.id, batch.workerId, batch.lanes, batch.inboxEventIds],
  })
}

export async function deleteWorkerBatch(database: Queryable, id: string): Promise<void> {
  await database.query({
    name: 'worker_batches_delete',
    text: 'delete from worker_batches where id = $1',
    values: [id],
  })
}

/**
 * A worker that lost the database and lives takes its batch's name away itself, well within this time. Until then the
 * events wait for it: a loss of the database must not look like a death.
 */
const ABANDONED_AFTER_SECONDS = 5

/** Batches left behind in lanes this transaction owns. */
export async function listAbandonedBatches(
  tx: Transaction,
  lanes: number[],
): Promise<WorkerBatch[]> {
  const { rows } = await tx.query<WorkerBatch>({
    name: 'worker_batches_list_abandoned',
    text: `select id, worker_id as "workerId", inbox_event_ids as "inboxEventIds" from worker_batches
      where lanes && $1::smallint[] and started_at < payonce_clock() - make_interval(secs => $2) order by id`,
    values: [lanes, ABANDONED_AFTER_SECONDS],
  })
  return rows
}

/** Of these events, the ones that were already applied alone because a batch of theirs had failed. */
export async function listSuspects(tx: Transaction, inboxEventIds: string[]): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'inbox_queue_list_suspects',
    text: `select inbox_event_id as id from inbox_queue where inbox_event_id = any($1::text[]) and suspect`,
    values: [inboxEventIds],
  })
  return rows.map((row) => row.id)
}

/** From now on these events are applied one at a time. */
export async function markSuspects(tx: Queryable, inboxEventIds: string[]): Promise<void> {
  await tx.query({
    name: 'inbox_queue_mark_suspects',
    text: 'update inbox_queue set suspect = true where inbox_event_id = any($1::text[])',
    values: [inboxEventIds],
  })
}
