/** Which handlers of the user's own there are. A name stands for good until a person removes it. */
import type { Queryable, Transaction } from './db.ts'
import type { Scope } from './list-page.ts'

/** From this commit on, each event that is applied is also owed to these handlers. */
export async function registerHandlers(database: Queryable, names: string[]): Promise<void> {
  await database.query({
    name: 'event_handlers_register',
    text: `insert into event_handlers (name, registered_at, started_at, seen_at)
      select name, payonce_clock(), payonce_clock(), payonce_clock() from unnest($1::text[]) as given(name)
      order by name
      on conflict (name) do update set started_at = excluded.started_at, seen_at = excluded.seen_at`,
    values: [names],
  })
}

/** A process says that it still has these handlers. @returns those of them that are still registered */
export async function markHandlersSeen(database: Queryable, names: string[]): Promise<Set<string>> {
  const { rows } = await database.query<{ name: string }>({
    name: 'event_handlers_mark_seen',
    text: 'update event_handlers set seen_at = payonce_clock() where name = any($1::text[]) returning name',
    values: [names],
  })
  return new Set(rows.map(({ name }) => name))
}

export type RegisteredHandler = {
  name: string
  registeredAt: Date
  startedAt: Date
  /** when a process that has it was last heard of */
  seenAt: Date
  silentSeconds: number
  /** runs that wait or are under way */
  waitingCount: number
  deadCount: number
}

/** Every registered name with what it is owed; a name that is gone may still have dead runs. */
export async function listHandlers(database: Queryable): Promise<RegisteredHandler[]> {
  const { rows } = await database.query<RegisteredHandler>({
    name: 'event_handlers_list',
    text: `select h.name, h.registered_at as "registeredAt", h.started_at as "startedAt",
      greatest(h.started_at, h.seen_at) as "seenAt",
      extract(epoch from payonce_clock() - greatest(h.started_at, h.seen_at))::float8 as "silentSeconds",
      (select count(*) from (select 1 from handler_runs r where r.handler = h.name and r.dead_at is null
        limit 1000000) waiting)::int as "waitingCount",
      (select count(*) from handler_runs r where r.handler = h.name and r.dead_at is not null)::int as "deadCount"
      from event_handlers h order by h.name`,
  })
  return rows
}

/** Locks the name, so that no start and no heartbeat comes between a look at it and its removal. */
export async function lockHandler(
  tx: Transaction,
  name: string,
): Promise<Pick<RegisteredHandler, 'seenAt' | 'silentSeconds'> | undefined> {
  const { rows } = await tx.query<Pick<RegisteredHandler, 'seenAt' | 'silentSeconds'>>({
    name: 'event_handlers_lock',
    text: `select greatest(started_at, seen_at) as "seenAt",
      extract(epoch from payonce_clock() - greatest(started_at, seen_at))::float8 as "silentSeconds"
      from event_handlers where name = $1 for update`,
    values: [name],
  })
  return rows[0]
}

/** What went with a handler, of one merchant and mode. */
export type OwedRuns = Scope & { waitingCount: number; deadCount: number }

/** Forgets a handler and everything it is owed. @returns what went, for every merchant and mode there is */
export async function deleteHandler(tx: Transaction, name: string): Promise<OwedRuns[]> {
  const { rows } = await tx.query<OwedRuns>({
    name: 'event_handlers_delete',
    text: `with gone as (delete from event_handlers where name = $1),
      runs as (delete from handler_runs where handler = $1 returning merchant_id, livemode, dead_at)
      select m.id as "merchantId", mode.livemode,
        count(r.merchant_id) filter (where r.dead_at is null)::int as "waitingCount", count(r.dead_at)::int as "deadCount"
      from merchants m cross join (values (false), (true)) as mode(livemode)
      left join runs r on r.merchant_id = m.id and r.livemode = mode.livemode
      group by m.id, mode.livemode order by m.id, mode.livemode`,
    values: [name],
  })
  return rows
}
