import type { Queryable } from './db.ts'

/** How much waits where. Counts stop at a million: beyond it only "too much" matters. */
export type QueueDepths = {
  deadLetterCount: number
  outboxCount: number
  inboxCount: number
  inboxOldestSeconds: number
  parkedCount: number
}

export async function readQueueDepths(database: Queryable): Promise<QueueDepths> {
  const { rows } = await database.query<QueueDepths>({
    name: 'queue_depths',
    text: `select (select count(*) from (select 1 from inbox_queue limit 1000000) q)::int as "inboxCount",
      coalesce((select extract(epoch from payonce_clock() - min(received_at)) from inbox_queue), 0)::float8
        as "inboxOldestSeconds",
      (select count(distinct inbox_event_id) from inbox_parked)::int as "parkedCount",
      (select count(*) from dead_letters where set_aside_at is null)::int as "deadLetterCount",
      (select count(*) from (select 1 from outbox_queue limit 1000000) q)::int as "outboxCount"`,
  })
  const depths = rows[0]
  if (depths === undefined) throw new Error('the database told no queue depths')
  return depths
}
