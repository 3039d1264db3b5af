/**
 * Stored events found again, to be read or applied once more: by their dedupe digest (32 hexadecimal digits) for
 * programs that embed the inbox, by id for replays.
 */
import type { Queryable, Transaction } from './db.ts'
import { type ClaimedEvent, claimedEventColumns } from './inbox-claims.ts'
import { rowsParameter } from './rows-parameter.ts'

/** The body as it came, UTF-8; undefined when the event, or its archived body, is not here. */
export async function findStoredBody(
  database: Queryable,
  dedupeDigest: string,
): Promise<string | undefined> {
  const { rows } = await database.query<{ body: string }>({
    name: 'inbox_find_stored_body',
    text: `select convert_from(p.body, 'UTF8') as body from inbox_events e
      join inbox_payloads p on p.inbox_event_id = e.id and p.received_at = e.received_at
      where e.dedupe_digest = decode($1, 'hex')`,
    values: [dedupeDigest],
  })
  return rows[0]?.body
}

/** Queues the event, alone in its batch; one that already waits goes on waiting. @returns its id when it is known */
export async function requeueEvent(
  database: Queryable,
  dedupeDigest: string,
): Promise<string | undefined> {
  const { rows } = await database.query<{ id: string }>({
    name: 'inbox_requeue_event',
    text: `with event as (
        select id, received_at, lane from inbox_events where dedupe_digest = decode($1, 'hex')),
      revived as (delete from dead_letters d using event where d.inbox_event_id = event.id),
      queued as (
        insert into inbox_queue (inbox_event_id, received_at, lane, run_at, suspect)
        select id, received_at, lane, payonce_clock(), true from event on conflict do nothing)
      select id from event`,
    values: [dedupeDigest],
  })
  return rows[0]?.id
}

/** A stored event with what says whose it is. */
export type StoredEventToRequeue = {
  id: string
  providerAccountId: string
  provider: string
  eventId: string
  dedupeDigest: string
  /** null: it was not ignored */
  ignoredReason: string | null
  body: string
}

/** Undefined when the event, or its archived body, is not here. */
export async function findStoredEvent(
  tx: Transaction,
  inboxEventId: string,
): Promise<StoredEventToRequeue | undefined> {
  const { rows } = await tx.query<StoredEventToRequeue>({
    name: 'inbox_find_stored_event',
    text: `select e.id, e.provider_account_id as "providerAccountId", a.provider, e.event_id as "eventId",
        encode(e.dedupe_digest, 'hex') as "dedupeDigest", o.reason as "ignoredReason",
        convert_from(p.body, 'UTF8') as body
      from inbox_events e
      join inbox_payloads p on p.inbox_event_id = e.id and p.received_at = e.received_at
      join provider_accounts a on a.id = e.provider_account_id
      left join inbox_outcomes o on o.inbox_event_id = e.id and o.status = 'ignored'
      where e.id = $1`,
    values: [inboxEventId],
  })
  return rows[0]
}

/** Stores the event under another account as well, with its bytes; unless that account has it already. */
export async function copyEventToAccount(
  tx: Transaction,
  copy: {
    /** the stored event */
    id: string
    newId: string
    merchantId: string
    providerAccountId: string
    livemode: boolean
    dedupeDigest: string
  },
): Promise<void> {
  await tx.query({
    name: 'inbox_copy_event_to_account',
    text: `with clock as materialized (select payonce_clock() as now),
      copied as (
        insert into inbox_events (id, merchant_id, livemode, provider_account_id, event_id, dedupe_digest, type,
          api_version, object_reference, event_created_at, ordering_key, lane, request_id, correlation_id, received_at)
        select $2, $3, $4, $5, event_id, decode($6, 'hex'), type, api_version, object_reference, event_created_at,
          ordering_key, lane, request_id, correlation_id, now
        from inbox_events, clock where id = $1
        on conflict (dedupe_digest) do nothing
        returning id)
      insert into inbox_payloads (inbox_event_id, received_at, key_id, body, headers, signature)
      select copied.id, now, p.key_id, p.body, p.headers, p.signature
      from copied, clock, inbox_events e
      join inbox_payloads p on p.inbox_event_id = e.id and p.received_at = e.received_at
      where e.id = $1`,
    values: [
      copy.id,
      copy.newId,
      copy.merchantId,
      copy.livemode,
      copy.providerAccountId,
      copy.dedupeDigest,
    ],
  })
}

/** The id of the event with this digest. */
export async function findEventId(
  database: Queryable,
  dedupeDigest: string,
): Promise<string | undefined> {
  const { rows } = await database.query<{ id: string }>({
    name: 'inbox_find_event_id',
    text: `select id from inbox_events where dedupe_digest = decode($1, 'hex')`,
    values: [dedupeDigest],
  })
  return rows[0]?.id
}

const REPLAY_BYTES_MAX = 16 * 1024 * 1024

/** `body` null: archived with the month it came in. */
export type StoredInboxEvent = Omit<ClaimedEvent, 'body'> & { body: string | null }

/** These events with their bodies, by id: as many from the first on as hold 16 MiB, at least one. */
export async function listEventsToReplay(
  tx: Transaction,
  ids: string[],
): Promise<StoredInboxEvent[]> {
  const { rows } = await tx.query<StoredInboxEvent>({
    name: 'inbox_list_events_to_replay',
    text: `select * from (
        select 0 as "attemptCount", e.lane, ${claimedEventColumns},
          sum(coalesce(octet_length(p.body), 0)) over (order by e.id) - coalesce(octet_length(p.body), 0) as bytes_before
        from inbox_events e
        left join inbox_payloads p on p.inbox_event_id = e.id and p.received_at = e.received_at
        join provider_accounts a on a.id = e.provider_account_id
        where e.id = any($1::text[])) found
      where bytes_before < ${REPLAY_BYTES_MAX} order by id`,
    values: [ids],
  })
  return rows
}

/** Of these events, those that were ignored, each with its reason. */
export async function listIgnored(
  tx: Queryable,
  ids: string[],
): Promise<{ id: string; reason: string }[]> {
  const { rows } = await tx.query<{ id: string; reason: string }>({
    name: 'inbox_list_ignored',
    text: `select inbox_event_id as id, reason from inbox_outcomes
      where inbox_event_id = any($1::text[]) and status = 'ignored'`,
    values: [ids],
  })
  return rows
}

/** Of these events, those that wait in the queue. */
export async function listQueued(tx: Transaction, ids: string[]): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'inbox_queue_list_waiting',
    text: 'select inbox_event_id as id from inbox_queue where inbox_event_id = any($1::text[])',
    values: [ids],
  })
  return rows.map((row) => row.id)
}

/** Makes waiting events due now. One that a worker holds at this moment is being applied and is left alone. */
export async function hurryQueued(tx: Transaction, ids: string[]): Promise<void> {
  await tx.query({
    name: 'inbox_queue_hurry',
    text: `update inbox_queue set run_at = payonce_clock() where inbox_event_id in (
        select inbox_event_id from inbox_queue where inbox_event_id = any($1::text[]) and run_at > payonce_clock()
        for update skip locked)`,
    values: [ids],
  })
}

/** Events that were replayed well are no dead letters any more and wait for no parent. */
export async function deleteFormerStates(
  tx: Transaction,
  ids: { revived: string[]; settled: string[] },
): Promise<void> {
  await tx.query({
    name: 'dead_letters_revive',
    text: `with parked as (delete from inbox_parked where inbox_event_id = any($2::text[]))
      delete from dead_letters where inbox_event_id = any($1::text[])`,
    values: [ids.revived, ids.settled],
  })
}

/** Failures of a replay, with the event's own: each is kept, and a dead letter tells the newest. */
export async function recordReplayFailures(
  tx: Transaction,
  failures: { inboxEventId: string; errorType: string; code: string; detail: string }[],
): Promise<void> {
  if (failures.length === 0) return
  await tx.query({
    name: 'inbox_failures_of_replay',
    text: `with failed as materialized (
        select r.*, coalesce(d.attempt_count, 0) + 1 as attempt, payonce_clock() as at
        from json_to_recordset($1) as r("inboxEventId" text, "errorType" text, code text, detail text)
        left join dead_letters d on d.inbox_event_id = r."inboxEventId"),
      told as (
        update dead_letters d set attempt_count = failed.attempt, error_type = failed."errorType", code = failed.code,
          detail = failed.detail, dead_at = failed.at
        from failed where d.inbox_event_id = failed."inboxEventId")
      insert into inbox_failures (inbox_event_id, attempt, error_type, code, detail, failed_at)
      select "inboxEventId", attempt, "errorType", code, detail, at from failed`,
    values: [rowsParameter(failures)],
  })
}
