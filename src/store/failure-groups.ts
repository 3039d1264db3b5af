/** Failed events by what they failed of: one row a code and type, so that fifty thousand failures read as three. */
import type { Queryable } from './db.ts'
import type { Scope } from './list-page.ts'

export type FailureGroup = {
  code: string
  errorType: string
  type: string
  /** given up and not set aside */
  deadCount: number
  /** still tried again by themselves */
  retryingCount: number
  setAsideCount: number
  firstFailedAt: Date
  lastFailedAt: Date
  /** the newest few */
  sampleIds: string[]
  sampleDetail: string
}

const GROUPS_SHOWN_MAX = 100
const SAMPLES_MAX = 5

/** Dead letters and events that failed and wait for their next try, the largest group first. */
export async function listFailureGroups(
  database: Queryable,
  scope: Scope,
): Promise<FailureGroup[]> {
  const { rows } = await database.query<FailureGroup>({
    name: 'inbox_failure_groups',
    text: `with failed as (
        select d.inbox_event_id as id, d.code, d.error_type, d.detail, d.dead_at as failed_at, e.type,
          case when d.set_aside_at is null then 'dead' else 'set_aside' end as state
        from dead_letters d join inbox_events e on e.id = d.inbox_event_id
        where d.merchant_id = $1 and d.livemode = $2
        union all
        select e.id, f.code, f.error_type, f.detail, f.failed_at, e.type, 'retrying'
        from inbox_queue q join inbox_events e on e.id = q.inbox_event_id
        cross join lateral (
          select * from inbox_failures f where f.inbox_event_id = q.inbox_event_id order by f.id desc limit 1) f
        where q.suspect and q.attempt_count > 0 and e.merchant_id = $1 and e.livemode = $2)
      select code, min(error_type) as "errorType", type,
        (count(*) filter (where state = 'dead'))::int as "deadCount",
        (count(*) filter (where state = 'retrying'))::int as "retryingCount",
        (count(*) filter (where state = 'set_aside'))::int as "setAsideCount",
        min(failed_at) as "firstFailedAt", max(failed_at) as "lastFailedAt",
        (array_agg(id order by id desc))[1:${SAMPLES_MAX}] as "sampleIds",
        (array_agg(detail order by id desc))[1] as "sampleDetail"
      from failed group by code, type order by count(*) desc, code, type limit ${GROUPS_SHOWN_MAX}`,
    values: [scope.merchantId, scope.livemode],
  })
  return rows
}
