import type { Queryable } from './db.ts'

/** Work that is due and has not been taken. */
export type QueueLag = {
  dueCount: number
  /** for how long the oldest has been due */
  oldestDueSeconds: number
  /** the event it is */
  oldestId: string | null
}

export async function readQueueLag(database: Queryable): Promise<QueueLag> {
  const { rows } = await database.query<QueueLag>({
    name: 'queue_lag',
    text: `with due as (
        select inbox_event_id, run_at, payonce_clock() - run_at as late from inbox_queue where run_at <= payonce_clock())
      select (select count(*) from due)::int as "dueCount",
        coalesce((select extract(epoch from max(late)) from due), 0)::float8 as "oldestDueSeconds",
        (select inbox_event_id from due order by run_at, inbox_event_id limit 1) as "oldestId"`,
  })
  const lag = rows[0]
  if (lag === undefined) throw new Error('the database told no lag')
  return lag
}
