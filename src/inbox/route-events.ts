import type { NewId } from '../domain/ids.ts'
import type { IgnoredReason } from '../domain/provider-event.ts'
import type { Transaction } from '../store/db.ts'
import type { ClaimedEvent } from '../store/inbox-claims.ts'
import {
  findEventId,
  findStoredEvent,
  listEventsToReplay,
  listIgnored,
} from '../store/inbox-replays.ts'
import { moveToOwnAccount, reasonsOfAccount } from './move-to-own-account.ts'

/** An event that was asked for, with the one to apply: itself, or its copy under its own account. */
export type RoutedEvent = { id: string } & (
  | { claimed: ClaimedEvent; ignoredReason: undefined }
  | { claimed: ClaimedEvent; ignoredReason: IgnoredReason }
)

/** Sends events that were ignored for their account's sake to the account they belong to by now. */
export async function routeEvents(
  tx: Transaction,
  newId: NewId,
  events: ClaimedEvent[],
): Promise<RoutedEvent[]> {
  const ignored = await listIgnored(
    tx,
    events.map((event) => event.id),
  )
  const misrouted = new Set(
    ignored.filter(({ reason }) => reasonsOfAccount.has(reason)).map(({ id }) => id),
  )
  const routed: RoutedEvent[] = []
  for (const claimed of events) {
    routed.push(
      misrouted.has(claimed.id)
        ? await routeEvent(tx, newId, claimed)
        : { id: claimed.id, claimed, ignoredReason: undefined },
    )
  }
  return routed
}

async function routeEvent(
  tx: Transaction,
  newId: NewId,
  claimed: ClaimedEvent,
): Promise<RoutedEvent> {
  const { id } = claimed
  const stored = await findStoredEvent(tx, id)
  if (stored === undefined) throw new Error(`event ${id} has gone while it was replayed`)
  const own = await moveToOwnAccount(tx, { newId }, stored)
  if (own.outcome === 'ignored') return { id, claimed, ignoredReason: own.reason }
  const ownId = await findEventId(tx, own.dedupeDigest)
  if (ownId === undefined || ownId === id) return { id, claimed, ignoredReason: undefined }
  const [copy] = await listEventsToReplay(tx, [ownId])
  if (copy === undefined || copy.body === null) {
    throw new Error(`event ${ownId}, the copy of ${id}, has no payload`)
  }
  return { id, claimed: { ...copy, body: copy.body }, ignoredReason: undefined }
}
