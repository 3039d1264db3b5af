/** Which handlers of the user's own there are. A name stands for good until a person removes it. */
import type { Queryable } from './db.ts'

/** From this commit on, each event that is applied is also owed to these handlers. */
export async function registerHandlers(database: Queryable, names: string[]): Promise<void> {
  await database.query({
    name: 'event_handlers_register',
    text: `insert into event_handlers (name, registered_at, started_at)
      select name, payonce_clock(), payonce_clock() from unnest($1::text[]) as given(name) order by name
      on conflict (name) do update set started_at = excluded.started_at`,
    values: [names],
  })
}

export type RegisteredHandler = {
  name: string
  registeredAt: Date
  startedAt: Date
  /** runs that wait or are under way */
  waitingCount: number
  deadCount: number
}

/** Every registered name with what it is owed; a name that is gone may still have dead runs. */
export async function listHandlers(database: Queryable): Promise<RegisteredHandler[]> {
  const { rows } = await database.query<RegisteredHandler>({
    name: 'event_handlers_list',
    text: `select h.name, h.registered_at as "registeredAt", h.started_at as "startedAt",
      (select count(*) from (select 1 from handler_runs r where r.handler = h.name and r.dead_at is null
        limit 1000000) waiting)::int as "waitingCount",
      (select count(*) from handler_runs r where r.handler = h.name and r.dead_at is not null)::int as "deadCount"
      from event_handlers h order by h.name`,
  })
  return rows
}

/** Forgets a handler and everything it is owed. @returns how many runs went, undefined when there is no such name */
export async function removeHandler(
  database: Queryable,
  name: string,
): Promise<number | undefined> {
  const { rows } = await database.query<{ found: boolean; count: number }>({
    name: 'event_handlers_remove',
    text: `with gone as (delete from event_handlers where name = $1 returning name),
      runs as (delete from handler_runs where handler in (select name from gone) returning id)
      select exists (select from gone) as found, (select count(*) from runs)::int as count`,
    values: [name],
  })
  const [answer] = rows
  return answer?.found ? answer.count : undefined
}
