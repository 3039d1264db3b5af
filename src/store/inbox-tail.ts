/** Following the inbox as it grows, for a person who watches. */
import type { Queryable } from './db.ts'
import { type InboxEventView, inboxEventColumns, inboxEventsFrom } from './inbox-reads.ts'
import type { Scope } from './list-page.ts'

/** Ids at or above `fromId`, in their order. Only ids: what is new among them is for the reader to say. */
export async function listInboxIdsFrom(
  database: Queryable,
  scope: Scope,
  fromId: string,
): Promise<string[]> {
  const { rows } = await database.query<{ id: string }>({
    name: 'inbox_tail_ids',
    text: `select id from inbox_events where id >= $3 and merchant_id = $1 and livemode = $2 order by inbox_events.id`,
    values: [scope.merchantId, scope.livemode, fromId],
  })
  return rows.map((row) => row.id)
}

/** The highest id there is, whoever's it is. */
export async function findNewestInboxId(database: Queryable): Promise<string | undefined> {
  const { rows } = await database.query<{ id: string }>({
    name: 'inbox_tail_newest',
    text: 'select id from inbox_events order by inbox_events.id desc limit 1',
  })
  return rows[0]?.id
}

export async function listInboxEventsByIds(
  database: Queryable,
  scope: Scope,
  ids: string[],
): Promise<InboxEventView[]> {
  if (ids.length === 0) return []
  const { rows } = await database.query<InboxEventView>({
    name: 'inbox_tail_events',
    text: `select ${inboxEventColumns} from ${inboxEventsFrom}
      where t.id = any($3::text[]) and t.merchant_id = $1 and t.livemode = $2 order by t.received_at, t.id`,
    values: [scope.merchantId, scope.livemode, ids],
  })
  return rows
}
