/**
 * Runs of the user's handlers: claimed under a lease that is renewed while the call lasts, settled under the fence
 * of the claim. A lease is `run_at` in the future, so a run whose process died is due again by itself.
 */
import type { Queryable } from './db.ts'
import { rowsParameter } from './rows-parameter.ts'

export type RunClaim = { id: string; fence: string }

export type ClaimedRun = RunClaim & {
  attemptCount: number
  inboxEventId: string
  provider: string
  providerAccountId: string
  providerEventId: string
  type: string
  apiVersion: string | null
  merchantId: string
  livemode: boolean
  createdAt: Date
  receivedAt: Date
  requestId: string
  correlationId: string
  traceparent: string | null
  status: 'applied' | 'ignored'
  paymentId: string | null
  /** UTF-8, as it came; null: the month it came in is archived */
  body: string | null
}

const CLAIM_BYTES_MAX = 16 * 1024 * 1024

/**
 * Claims runs of one handler that are due, the longest waiting first, at most `countMax` of them and 16 MiB of bodies.
 * @param suspects true: only runs whose process ended under them; false: only the others
 */
export async function claimHandlerRuns(
  database: Queryable,
  options: { handler: string; suspects: boolean; countMax: number; leaseSeconds: number },
): Promise<ClaimedRun[]> {
  const { rows } = await database.query<ClaimedRun>({
    name: 'handler_runs_claim',
    text: `with clock as materialized (select payonce_clock() as at),
      due as materialized (
        select r.id, r.inbox_event_id, r.run_at from handler_runs r, clock
        where r.handler = $1 and r.suspect = $2 and r.run_at <= clock.at and r.dead_at is null
        order by r.run_at limit $3 for update of r skip locked),
      told as materialized (
        select due.id, e.id as event_id, e.received_at, p.headers->>'traceparent' as traceparent,
          convert_from(p.body, 'UTF8') as body,
          sum(coalesce(octet_length(p.body), 0)) over (order by due.run_at, due.id)
            - coalesce(octet_length(p.body), 0) as bytes_before
        from due join inbox_events e on e.id = due.inbox_event_id
        left join inbox_payloads p on p.inbox_event_id = e.id and p.received_at = e.received_at)
      update handler_runs r set fence = r.fence + 1, run_at = clock.at + make_interval(secs => $4)
      from told join inbox_events e on e.id = told.event_id
      join provider_accounts a on a.id = e.provider_account_id
      left join inbox_outcomes o on o.inbox_event_id = e.id, clock
      where r.id = told.id and told.bytes_before < ${CLAIM_BYTES_MAX}
      returning r.id, r.fence, r.attempt_count as "attemptCount", e.id as "inboxEventId", a.provider,
        e.provider_account_id as "providerAccountId", e.event_id as "providerEventId", e.type,
        e.api_version as "apiVersion", e.merchant_id as "merchantId", e.livemode,
        e.event_created_at as "createdAt", e.received_at as "receivedAt", e.request_id as "requestId",
        e.correlation_id as "correlationId", told.traceparent, coalesce(o.status, 'applied') as status,
        o.payment_id as "paymentId", told.body`,
    values: [options.handler, options.suspects, options.countMax, options.leaseSeconds],
  })
  return rows
}

/** Lengthens leases. @returns ids of the runs that are still held; the others belong to somebody else by now */
export async function renewHandlerRuns(
  database: Queryable,
  claims: RunClaim[],
  leaseSeconds: number,
): Promise<Set<string>> {
  const { rows } = await database.query<{ id: string }>({
    name: 'handler_runs_renew',
    text: `update handler_runs r set run_at = payonce_clock() + make_interval(secs => $2)
      from json_to_recordset($1) as held(id text, fence bigint)
      where r.id = held.id and r.fence = held.fence and r.dead_at is null returning r.id`,
    values: [rowsParameter(claims), leaseSeconds],
  })
  return new Set(rows.map((row) => row.id))
}

/** The handler is done with it. @returns false when the claim is not the latest: nothing was changed */
export async function finishHandlerRun(database: Queryable, claim: RunClaim): Promise<boolean> {
  const { count } = await database.query({
    name: 'handler_runs_finish',
    text: 'delete from handler_runs where id = $1 and fence = $2 and dead_at is null',
    values: [claim.id, claim.fence],
  })
  return count === 1
}

export type RunFailure = {
  attemptCount: number
  code: string
  detail: string
  /** it is called alone from now on */
  suspect: boolean
}

/** A call failed: the run waits `delaySeconds`, or, when that is undefined, is given up. @returns as `finishHandlerRun` */
export async function recordRunFailure(
  database: Queryable,
  claim: RunClaim,
  failure: RunFailure,
  delaySeconds: number | undefined,
): Promise<boolean> {
  const { count } = await database.query({
    name: 'handler_runs_record_failure',
    text: `update handler_runs set attempt_count = $3, code = $4, detail = $5, failed_at = clock.at,
        run_at = clock.at + make_interval(secs => coalesce($6::float8, 0)),
        dead_at = case when $6::float8 is null then clock.at end, suspect = suspect or $7
      from (select payonce_clock() as at) clock
      where id = $1 and fence = $2 and dead_at is null`,
    values: [
      claim.id,
      claim.fence,
      failure.attemptCount,
      failure.code,
      failure.detail,
      delaySeconds ?? null,
      failure.suspect,
    ],
  })
  return count === 1
}

/** Gives a run back unspent, due at once; as a suspect it is called alone. @returns as `finishHandlerRun` */
export async function releaseHandlerRun(
  database: Queryable,
  claim: RunClaim,
  suspect: boolean,
): Promise<boolean> {
  const { count } = await database.query({
    name: 'handler_runs_release',
    text: `update handler_runs set run_at = payonce_clock(), suspect = suspect or $3
      where id = $1 and fence = $2 and dead_at is null`,
    values: [claim.id, claim.fence, suspect],
  })
  return count === 1
}
