/**
 * Whose a stored event is, asked anew: since it came, its connected account may have been told to us, or an account of
 * its mode. It is then stored under its own account as intake would have done, in the bytes it came in, so that
 * merchant, mode, lane and digest are right for everything that follows; stored rows never change.
 */
import type { NewId } from '../domain/ids.ts'
import type { IgnoredReason, ProviderEventEnvelope } from '../domain/provider-event.ts'
import { readClock } from '../store/clock.ts'
import type { Queryable, Transaction } from '../store/db.ts'
import { copyEventToAccount, type StoredEventToRequeue } from '../store/inbox-replays.ts'
import { recordOutcomes } from '../store/inbox-results.ts'
import {
  findEndpointAccount,
  listConnectedAccounts,
  type ProviderAccount,
} from '../store/provider-accounts.ts'
import { dedupeDigest } from './build-intake-row.ts'
import { type SelectedAccount, selectAccount } from './select-account.ts'
import { webhookProviders } from './webhook-providers.ts'

export type OwnAccount =
  /** where it is stored by now: where it was, or under its own account */
  | { outcome: 'stored'; dedupeDigest: string }
  /** it still belongs to nobody we know */
  | { outcome: 'ignored'; reason: IgnoredReason }

/** Reasons to which only the account of an event led. */
export const reasonsOfAccount: ReadonlySet<string> = new Set<IgnoredReason>([
  'unknown_account',
  'wrong_livemode',
  'moved_to_own_account',
])

export async function moveToOwnAccount(
  tx: Transaction,
  { newId }: { newId: NewId },
  stored: StoredEventToRequeue,
): Promise<OwnAccount> {
  const own = await findOwnAccount(tx, stored)
  if (own === undefined) return { outcome: 'stored', dedupeDigest: stored.dedupeDigest }
  const { account, envelope, ignoredReason } = own
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
    // Handlers are told of the copy, once it is applied.
    const rows = [{ inboxEventId: stored.id, owner: null, ...outcome, paymentId: null }]
    await recordOutcomes(tx, rows, await readClock(tx))
  }
  return { outcome: 'stored', dedupeDigest: digest }
}

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
