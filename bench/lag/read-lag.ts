/**
 * What the database itself says about lag: the commit of an event's outcome less the commit of the event, both by its
 * own clock (`track_commit_timestamp`). The provider's 200 follows the event's commit, so nothing is left out.
 */
import type pg from 'pg'
import { intentEventId } from '../support/intent-event.ts'

export type Lag = { count: number; p50Ms: number; p99Ms: number; maxMs: number }

/** Of the events numbered from `firstNumber` on. @throws Error when one was not stored or not applied */
export async function readLag(
  client: pg.Client,
  events: { firstNumber: number; count: number },
): Promise<Lag> {
  const { firstNumber, count } = events
  const { rows } = await client.query<Lag & { unapplied: number }>(
    `with lags as (
        select extract(epoch from pg_xact_commit_timestamp(o.xmin) - pg_xact_commit_timestamp(e.xmin)) * 1000 as ms,
          o.status
        from inbox_events e left join inbox_outcomes o on o.inbox_event_id = e.id
        where e.event_id >= $1 and e.event_id < $2),
      ranks as (
        select percentile_disc(array[0.5, 0.99, 1]) within group (order by ms) as ms, count(*) as count,
          count(*) filter (where status is distinct from 'applied') as unapplied
        from lags)
      select count::int, unapplied::int, ms[1]::float8 as "p50Ms", ms[2]::float8 as "p99Ms", ms[3]::float8 as "maxMs"
      from ranks`,
    [intentEventId(firstNumber), intentEventId(firstNumber + count)],
  )
  const [lag] = rows
  if (lag?.count !== count) throw new Error(`${lag?.count} of ${count} events were stored`)
  const { unapplied, ...rest } = lag
  if (unapplied > 0) throw new Error(`${unapplied} of ${lag.count} events were not applied`)
  return rest
}

/** Events that wait to be applied, at this moment. */
export async function readBacklog(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    'select count(*)::int as count from inbox_queue',
  )
  return rows[0]?.count ?? 0
}
