/** Queues a stored event once more, under the account it belongs to by now. */
import type { NewId } from '../domain/ids.ts'
import type { IgnoredReason } from '../domain/provider-event.ts'
import type { Transaction } from '../store/db.ts'
import { findStoredEvent, requeueEvent } from '../store/inbox-replays.ts'
import { moveToOwnAccount } from './move-to-own-account.ts'

export type RequeuedEvent =
  /** the id is another one when the event has moved to its own account */
  | { outcome: 'queued'; inboxEventId: string }
  /** it still belongs to nobody we know */
  | { outcome: 'ignored'; reason: IgnoredReason }
  /** unknown, or its body is archived */
  | { outcome: 'not_found' }

/** Asks nothing about the caller: whether the event may be seen was asked before. */
export async function requeueStoredEvent(
  tx: Transaction,
  { newId }: { newId: NewId },
  inboxEventId: string,
): Promise<RequeuedEvent> {
  const stored = await findStoredEvent(tx, inboxEventId)
  if (stored === undefined) return { outcome: 'not_found' }
  const own = await moveToOwnAccount(tx, { newId }, stored)
  if (own.outcome === 'ignored') return own
  const queuedId = await requeueEvent(tx, own.dedupeDigest)
  return queuedId === undefined
    ? { outcome: 'not_found' }
    : { outcome: 'queued', inboxEventId: queuedId }
}
