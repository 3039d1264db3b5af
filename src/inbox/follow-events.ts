/**
 * Follows the inbox: every event once, and once more whenever its status changes.
 *
 * Ids are made before their transaction begins, so they become visible out of order, and "above the last id" would
 * skip events. Instead a window of ids is read again each time and compared with what was seen. How long the window
 * must be is known: an intake whose clock is off by more than the tolerance of signatures accepts nothing, and no
 * statement runs longer than its time-out.
 */
import { type InboxEventId, isId, lowestIdAt, timeOfId } from '../domain/ids.ts'
import type { Queryable } from '../store/db.ts'
import type { InboxEventView } from '../store/inbox-reads.ts'
import { findNewestInboxId, listInboxEventsByIds, listInboxIdsFrom } from '../store/inbox-tail.ts'
import type { Scope } from '../store/list-page.ts'

/**
 * Ids tell the time of an intake's clock. One whose clock is off by more than the tolerance of signatures accepts
 * nothing, so no id is further from the database's time than this.
 */
const INTAKE_CLOCK_OFF_MS_MAX = 600_000
/** The longest a statement may run between the making of its ids and its commit, with room to connect. */
const COMMIT_MS_MAX = 70_000
const WINDOW_MS = INTAKE_CLOCK_OFF_MS_MAX + COMMIT_MS_MAX
/** Nearly every event is seen in this part of the window; the whole is read now and then. */
const RECENT_MS = 10_000
const ROUNDS_PER_WHOLE_WINDOW = 15
/** Events that still wait and are looked at again; the oldest are let go. */
const WATCHED_COUNT_MAX = 1_000
const SETTLED = new Set(['applied', 'ignored', 'dead'])

export type EventFollower = {
  /** what is new or has changed since the last call, in order of arrival */
  next(): Promise<InboxEventView[]>
}

/** @param nowMs milliseconds since 1970, for an inbox that is still empty */
export async function followEvents(
  database: Queryable,
  scope: Scope,
  nowMs: () => number,
): Promise<EventFollower> {
  const seen = new Set<string>()
  const watched = new Map<string, string>()
  let newestMs = await newestTime(database, nowMs)
  let round = 0
  const read = async (windowMs: number) => {
    const ids = await listInboxIdsFrom(database, scope, lowestId(newestMs - windowMs))
    const fresh = ids.filter((id) => !seen.has(id))
    for (const id of fresh) seen.add(id)
    const last = ids.at(-1)
    if (last !== undefined) newestMs = Math.max(newestMs, timeOfId(last as InboxEventId))
    return fresh
  }
  // What is there already is not news.
  await read(WINDOW_MS)
  return {
    next: async () => {
      round++
      const isWhole = round % ROUNDS_PER_WHOLE_WINDOW === 0
      const fresh = await read(isWhole ? WINDOW_MS : RECENT_MS)
      if (isWhole) forgetBelow(seen, lowestId(newestMs - 2 * WINDOW_MS))
      const asked = [...new Set([...watched.keys(), ...fresh])]
      const events = await listInboxEventsByIds(database, scope, asked)
      const news = events.filter(({ id, status }) => watched.get(id) !== status)
      for (const { id, status } of news) {
        if (SETTLED.has(status)) watched.delete(id)
        else watched.set(id, status)
      }
      for (const id of [...watched.keys()].slice(0, -WATCHED_COUNT_MAX)) watched.delete(id)
      return news
    },
  }
}

async function newestTime(database: Queryable, nowMs: () => number): Promise<number> {
  const newest = await findNewestInboxId(database)
  return newest !== undefined && isId('inboxEvent', newest) ? timeOfId(newest) : nowMs()
}

function lowestId(ms: number): string {
  return lowestIdAt('inboxEvent', Math.max(0, ms))
}

function forgetBelow(seen: Set<string>, id: string): void {
  for (const one of seen) if (one < id) seen.delete(one)
}
