import { createHash } from 'node:crypto'
import type { NewId } from '../domain/ids.ts'
import type { Queryable } from '../store/db.ts'
import {
  createInboxCollision,
  createInboxEvents,
  type IntakeRow,
  listStoredEvents,
  type StoredEvent,
} from '../store/inbox-intake.ts'
import type { IntakeResult } from './intake-batches.ts'

export type StoreDeliveriesDeps = {
  db: Queryable
  newId: NewId
  /** told, after the commit, how many deliveries now wait to be applied */
  onStored: (count: number) => void
}

/** Stores a batch; of those that were there before, says what they are to the first delivery. */
export async function storeDeliveries(
  deps: StoreDeliveriesDeps,
  rows: IntakeRow[],
): Promise<IntakeResult[]> {
  const newIds = await createInboxEvents(deps.db, rows)
  const queuedCount = rows.filter((row) => newIds.has(row.id) && !row.ignoredReason).length
  if (queuedCount > 0) deps.onStored(queuedCount)
  const repeats = rows.filter((row) => !newIds.has(row.id))
  const stored = repeats.length === 0 ? new Map() : await findFirstDeliveries(deps.db, repeats)
  const results: IntakeResult[] = []
  for (const row of rows) {
    results.push(
      newIds.has(row.id)
        ? { status: 'received', inboxEventId: row.id }
        : await compareWithFirst(deps, row, stored.get(row.dedupeDigest)),
    )
  }
  return results
}

async function findFirstDeliveries(
  db: Queryable,
  repeats: IntakeRow[],
): Promise<Map<string, StoredEvent>> {
  const digests = new Set(repeats.map((row) => row.dedupeDigest))
  const events = await listStoredEvents(db, [...digests])
  return new Map(events.map((event) => [event.dedupeDigest, event]))
}

async function compareWithFirst(
  deps: StoreDeliveriesDeps,
  row: IntakeRow,
  first: StoredEvent | undefined,
): Promise<IntakeResult> {
  if (first === undefined)
    throw new Error(`event ${row.eventId}: conflicts with a row that is not there`)
  // Its own statement was repeated after it had committed.
  if (first.id === row.id) return { status: 'received', inboxEventId: row.id }
  if (contentOf(row) === contentOf(first)) {
    const isReplay = row.signature.header === first.signatureHeader
    return { status: isReplay ? 'replayed' : 'duplicate', inboxEventId: first.id }
  }
  await createInboxCollision(deps.db, {
    id: deps.newId('collision'),
    inboxEventId: first.id,
    contentDigest: createHash('sha256').update(contentOf(row)).digest(),
    row,
  })
  return { status: 'collision', inboxEventId: first.id }
}

/** What must agree for two deliveries to be one event; other bytes may differ, such as `pending_webhooks`. */
function contentOf(event: IntakeRow | StoredEvent): string {
  const { eventId, type, createdAtSeconds, objectReference } = event
  return JSON.stringify([eventId, type, createdAtSeconds, objectReference ?? null])
}
