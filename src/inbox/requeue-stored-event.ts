/**
 * Applies a stored event once more. Whose it is is asked anew: since it came, its connected account may have been told
 * to us, or an account of its mode. It is then stored under its own account as intake would have done, in the bytes it
 * came in, so that merchant, mode, lane and digest are right for everything that follows; stored rows never change.
 */
import type { NewId } from '../domain/ids.ts'
import type { IgnoredReason, ProviderEventEnvelope } from '../domain/provider-event.ts'
import { readClock } from '../store/clock.ts'
import type { Queryable, Transaction } from '../store/db.ts'
import {
  copyEventToAccount,
  findStoredEvent,
  requeueEvent,
  type StoredEventToRequeue,
} from '../store/inbox-replays.ts'
import { recordOutcomes } from '../store/inbox-results.ts'
import {
  findEndpointAccount,
  listConnectedAccounts,
  type ProviderAccount,
} from '../store/provider-accounts.ts'
import { dedupeDigest } from './build-intake-row.ts'
import { type SelectedAccount, selectAccount } from './select-account.ts'
import { webhookProviders } from './webhook-providers.ts'

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
  const moved = await findOwnAccount(tx, stored)
  if (moved === undefined) return requeued(await requeueEvent(tx, stored.dedupeDigest))
  const { account, envelope, ignoredReason } = moved
  if (ignoredReason !== undefined) return { outcome: 'ignored', reason: ignoredReason }
  const digest = dedupeDigest(account.id, stored.eventId)
  if (digest !== stored.dedupeDigest) {
    await copyEventToAccount(tx, {
      ...stored,
      newId: newId('inboxEvent'),
      merchantId: account.merchantId,
      providerAccountId: account.id,
      livemode: envelope.livemode ?? account.livemode ?? false,
      dedupeDigest: digest,
    })
    const outcome = { status: 'ignored' as const, reason: 'moved_to_own_account' as const }
    const rows = [{ inboxEventId: stored.id, ...outcome, paymentId: null }]
    await recordOutcomes(tx, rows, await readClock(tx))
  }
  return requeued(await requeueEvent(tx, digest))
}

/** Reasons to which only the account of an event led. */
const reasonsOfAccount: ReadonlySet<string> = new Set<IgnoredReason>([
  'unknown_account',
  'wrong_livemode',
  'moved_to_own_account',
])

/** Undefined: the event was applied, or ignored for what it says, and stays with the account it is stored under. */
async function findOwnAccount(
  database: Queryable,
  stored: StoredEventToRequeue,
): Promise<(SelectedAccount & { envelope: ProviderEventEnvelope }) | undefined> {
  if (stored.ignoredReason === null || !reasonsOfAccount.has(stored.ignoredReason)) return undefined
  const provider = Object.entries(webhookProviders).find(([name]) => name === stored.provider)?.[1]
  const endpoint = await findEndpointAccount(database, stored.providerAccountId)
  if (provider === undefined || endpoint === undefined) return undefined
  const envelope = provider.readEnvelope(JSON.parse(stored.body))
  // Not from the intake's memory: the account may have been connected a moment ago.
  const listConnected = (parent: ProviderAccount, externalAccount: string) =>
    listConnectedAccounts(database, { parentId: parent.id, externalAccount })
  return { ...(await selectAccount({ listConnected }, endpoint, envelope)), envelope }
}

function requeued(inboxEventId: string | undefined): RequeuedEvent {
  return inboxEventId === undefined ? { outcome: 'not_found' } : { outcome: 'queued', inboxEventId }
}
