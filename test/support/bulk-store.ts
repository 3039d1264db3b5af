import { createHash } from 'node:crypto'
import { laneOf } from '../../src/domain/lane.ts'
import type { Database } from '../../src/store/db.ts'
import { openIdSource } from '../../src/store/new-id.ts'
import { accountId, type EventBody, merchantId } from './inbox.ts'

/** Many events at once, as intake leaves them. */
export async function bulkStore(database: Database, events: EventBody[]): Promise<void> {
  const newId = openIdSource()
  const BATCH = 1000
  for (let from = 0; from < events.length; from += BATCH) {
    const rows = events.slice(from, from + BATCH).map((event) => {
      const { payment_intent: intent, charge, id } = event.data.object
      const key = String(intent ?? charge ?? id)
      return {
        id: newId('inboxEvent'),
        event_id: event.id,
        digest: createHash('sha256').update(`${accountId}\0${event.id}`).digest('hex').slice(0, 32),
        type: event.type,
        created: event.created,
        ordering_key: key,
        lane: laneOf(key),
        body: JSON.stringify(event),
      }
    })
    await database.query({
      name: 'bulk_store',
      text: `with r as (select * from json_to_recordset($1) as r(id text, event_id text, digest text, type text, created float8,
          ordering_key text, lane smallint, body text)),
        clock as (select payonce_clock() as at),
        event as (
          insert into inbox_events (id, merchant_id, livemode, provider_account_id, event_id, dedupe_digest, type,
            event_created_at, ordering_key, lane, request_id, correlation_id, received_at)
          select id, $2, false, $3, event_id, decode(digest, 'hex'), type, to_timestamp(created), ordering_key, lane,
            'req_1', 'cor_1', at from r, clock on conflict do nothing returning id, received_at, lane),
        payload as (
          insert into inbox_payloads (inbox_event_id, received_at, body, headers, signature)
          select id, received_at, convert_to(r.body, 'UTF8'), '{}', '{}' from event join r using (id))
        insert into inbox_queue (inbox_event_id, received_at, lane, run_at)
        select id, received_at, lane, received_at from event`,
      values: [JSON.stringify(rows), merchantId, accountId],
    })
  }
}
