/** What became of inbox events: applied, ignored, parked, failed, dead. */
import type { IgnoredReason } from '../domain/provider-event.ts'
import type { Queryable, Transaction } from './db.ts'
import { rowsParameter } from './rows-parameter.ts'

export type OutcomeRow = {
  inboxEventId: string
  /** whose it is; null: handlers are not told of it */
  owner: { merchantId: string; livemode: boolean } | null
  status: 'applied' | 'ignored'
  reason: IgnoredReason | null
  paymentId: string | null
}

/**
 * Records outcomes, and what the user's handlers are owed from now on: a run for each registered one. An event that
 * is applied once more overwrites its outcome, unless it came to the same, and is told to every handler once more; a run that was given up is
 * revived.
 */
export async function recordOutcomes(tx: Transaction, rows: OutcomeRow[], at: Date): Promise<void> {
  if (rows.length === 0) return
  await tx.query({
    name: 'inbox_outcomes_record',
    // One statement, so that an installation without handlers pays for none: joining an empty table is all it does.
    text: `with incoming as materialized (
        select * from json_to_recordset($1) as r("inboxEventId" text, owner json, status text, reason text,
          "paymentId" text)),
      recorded as (
        insert into inbox_outcomes (inbox_event_id, status, reason, payment_id, applied_at)
        select "inboxEventId", status, reason, "paymentId", $2 from incoming
        on conflict (inbox_event_id) do update set status = excluded.status, reason = excluded.reason,
          payment_id = excluded.payment_id, applied_at = excluded.applied_at
        where (inbox_outcomes.status, inbox_outcomes.reason, inbox_outcomes.payment_id)
          is distinct from (excluded.status, excluded.reason, excluded.payment_id))
      insert into handler_runs as owed (id, inbox_event_id, handler, merchant_id, livemode, created_at, run_at)
      select i."inboxEventId" || '.' || h.name, i."inboxEventId", h.name, i.owner->>'merchantId',
        (i.owner->>'livemode')::boolean, $2, $2
      from event_handlers h cross join incoming i where i.owner->>'merchantId' is not null
      on conflict (id) do update set dead_at = null, attempt_count = 0, run_at = excluded.run_at
        where owed.dead_at is not null`,
    values: [rowsParameter(rows), at],
  })
}

/** @returns how many rows went; anything but all of them means somebody else finished this work */
export async function deleteQueueRows(tx: Transaction, inboxEventIds: string[]): Promise<number> {
  if (inboxEventIds.length === 0) return 0
  const answer = await tx.query({
    name: 'inbox_queue_delete',
    text: 'delete from inbox_queue where inbox_event_id = any($1::text[])',
    values: [inboxEventIds],
  })
  return answer.count
}

export type ParkedRow = {
  inboxEventId: string
  receivedAt: Date
  providerAccountId: string
  kind: string
  reference: string
}

export async function createParked(tx: Transaction, rows: ParkedRow[], at: Date): Promise<void> {
  if (rows.length === 0) return
  await tx.query({
    name: 'inbox_parked_create',
    text: `insert into inbox_parked (inbox_event_id, received_at, provider_account_id, kind, reference, parked_at)
      select "inboxEventId", "receivedAt", "providerAccountId", kind, reference, $2 from json_to_recordset($1)
        as r("inboxEventId" text, "receivedAt" timestamptz, "providerAccountId" text, kind text, reference text)
      on conflict do nothing`,
    values: [rowsParameter(rows), at],
  })
}

/** Children that are applied or queued wait no more; one that was given up while it waited is given up no more. */
export async function deleteParked(tx: Transaction, inboxEventIds: string[]): Promise<void> {
  if (inboxEventIds.length === 0) return
  await tx.query({
    name: 'inbox_parked_delete',
    text: `with revived as (delete from dead_letters where inbox_event_id = any($1::text[]))
      delete from inbox_parked where inbox_event_id = any($1::text[])`,
    values: [inboxEventIds],
  })
}

export type FailureRow = {
  inboxEventId: string
  attempt: number
  errorType: string
  code: string
  detail: string
}

/** What a log line says of an event that waits. */
export type WaitingEvent = {
  id: string
  provider: string
  eventId: string
  type: string
  requestId: string
  traceContext: string | null
  correlationId: string
  /** delayed attempts spent so far */
  attemptCount: number
}

/** Undefined when the event waits no more. */
export async function findWaitingEvent(
  tx: Queryable,
  inboxEventId: string,
): Promise<WaitingEvent | undefined> {
  const { rows } = await tx.query<WaitingEvent>({
    name: 'inbox_queue_find',
    text: `select e.id, a.provider, e.event_id as "eventId", e.type, e.request_id as "requestId", e.trace_context as "traceContext",
        e.correlation_id as "correlationId", q.attempt_count as "attemptCount"
      from inbox_queue q join inbox_events e on e.id = q.inbox_event_id
      join provider_accounts a on a.id = e.provider_account_id where q.inbox_event_id = $1`,
    values: [inboxEventId],
  })
  return rows[0]
}

/** Spends an attempt: the failure is kept, the work waits `delaySeconds` and is then applied alone. */
export async function postponeEvent(
  tx: Queryable,
  failure: FailureRow,
  delaySeconds: number,
): Promise<void> {
  await tx.query({
    name: 'inbox_queue_postpone',
    text: `with failure as (
        insert into inbox_failures (inbox_event_id, attempt, error_type, code, detail, failed_at)
        values ($1, $2, $3, $4, $5, payonce_clock()))
      update inbox_queue set attempt_count = $2, suspect = true,
        run_at = payonce_clock() + make_interval(secs => $6) where inbox_event_id = $1`,
    values: [
      failure.inboxEventId,
      failure.attempt,
      failure.errorType,
      failure.code,
      failure.detail,
      delaySeconds,
    ],
  })
}

/** Gives an event up for a person to see: kept, never retried by itself again. */
export async function createDeadLetter(tx: Queryable, failure: FailureRow): Promise<void> {
  await tx.query({
    name: 'dead_letters_create',
    text: `with failure as (
        insert into inbox_failures (inbox_event_id, attempt, error_type, code, detail, failed_at)
        values ($1, $2, $3, $4, $5, payonce_clock())),
      gone as (delete from inbox_queue where inbox_event_id = $1)
      insert into dead_letters (inbox_event_id, merchant_id, livemode, attempt_count, error_type, code, detail, dead_at)
      select id, merchant_id, livemode, $2, $3, $4, $5, payonce_clock() from inbox_events where id = $1
      on conflict do nothing`,
    values: [
      failure.inboxEventId,
      failure.attempt,
      failure.errorType,
      failure.code,
      failure.detail,
    ],
  })
}

/** Children of a root made known by this transaction: each waits as work of its own, visible once the root is. */
export async function queueParked(tx: Transaction, inboxEventIds: string[]): Promise<void> {
  if (inboxEventIds.length === 0) return
  await tx.query({
    name: 'inbox_parked_queue',
    text: `insert into inbox_queue (inbox_event_id, received_at, lane, run_at)
      select id, received_at, lane, payonce_clock() from inbox_events where id = any($1::text[])
      on conflict do nothing`,
    values: [inboxEventIds],
  })
}
