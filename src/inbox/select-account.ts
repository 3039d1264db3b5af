import type { IgnoredReason, ProviderEventEnvelope } from '../domain/provider-event.ts'
import type { ProviderAccount } from '../store/provider-accounts.ts'
import type { AccountDirectory } from './account-directory.ts'

export type SelectedAccount = { account: ProviderAccount; ignoredReason: IgnoredReason | undefined }

/**
 * Whose event it is. An endpoint tells of its own account and of connected ones below it; an event of an account
 * we do not know, or of the other mode, is kept under the endpoint's account and can be replayed later.
 */
export async function selectAccount(
  directory: Pick<AccountDirectory, 'listConnected'>,
  endpoint: ProviderAccount,
  envelope: ProviderEventEnvelope,
): Promise<SelectedAccount> {
  if (envelope.account === undefined) return checkMode(endpoint, envelope.livemode)
  const connected = await directory.listConnected(endpoint, envelope.account)
  const [first] = connected
  if (first === undefined) return { account: endpoint, ignoredReason: 'unknown_account' }
  const ofMode = connected.find((child) => isOfMode(child, envelope.livemode))
  return checkMode(ofMode ?? first, envelope.livemode)
}

function checkMode(account: ProviderAccount, livemode: boolean | undefined): SelectedAccount {
  return { account, ignoredReason: isOfMode(account, livemode) ? undefined : 'wrong_livemode' }
}

function isOfMode(account: ProviderAccount, livemode: boolean | undefined): boolean {
  return livemode === undefined || account.livemode === undefined || account.livemode === livemode
}
