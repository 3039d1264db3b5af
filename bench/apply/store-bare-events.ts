import pg from 'pg'
import { openIdSource } from '../../src/store/new-id.ts'
import type { EventBody } from '../../test/support/inbox.ts'

const BATCH_COUNT = 1000

/** Puts events into the bare inbox and its queue. */
export async function storeBareEvents(url: string, events: readonly EventBody[]): Promise<void> {
  const newId = openIdSource()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (let from = 0; from < events.length; from += BATCH_COUNT) {
      const rows = events
        .slice(from, from + BATCH_COUNT)
        .map((event) => ({ id: newId('inboxEvent'), body: JSON.stringify(event) }))
      await client.query(
        `with stored as (
            insert into bare_inbox (id, body) select id, convert_to(body, 'UTF8')
            from json_to_recordset($1) as r(id text, body text) returning id)
          insert into bare_queue (inbox_id) select id from stored`,
        [JSON.stringify(rows)],
      )
    }
  } finally {
    await client.end()
  }
}
