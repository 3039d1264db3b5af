import { isId } from '../domain/ids.ts'
import type { Queryable } from '../store/db.ts'
import {
  findEnvironmentAccount,
  findProviderAccount,
  listConnectedAccounts,
  type ProviderAccount,
} from '../store/provider-accounts.ts'
import { cacheLookups } from './cache-lookups.ts'
import type { WebhookProviderName } from './webhook-providers.ts'

/** Which account a webhook is for, in the form the intake asks. */
export type AccountDirectory = {
  /** @param accountId undefined: the environment's account */
  findForEndpoint(
    provider: WebhookProviderName,
    accountId: string | undefined,
  ): Promise<ProviderAccount | undefined>
  listConnected(parent: ProviderAccount, externalAccount: string): Promise<ProviderAccount[]>
  /** Asks the database again, for whoever has just changed an account. */
  forget(): void
}

/**
 * Looks accounts up, and remembers the answer for some seconds so that a webhook costs no read.
 * A configured secret stands in place of the stored ones of the environment's account.
 */
export function openAccountDirectory(deps: {
  db: Queryable
  configuredSecrets: Partial<Record<WebhookProviderName, readonly string[]>>
  nowMs: () => number
}): AccountDirectory {
  const environment = cacheLookups(
    (provider: WebhookProviderName) => findEnvironmentAccount(deps.db, provider),
    deps.nowMs,
  )
  const byId = cacheLookups((id: string) => findById(deps.db, id), deps.nowMs)
  const connected = cacheLookups((key: string) => {
    const [parentId = '', externalAccount = ''] = key.split('\n')
    return isId('providerAccount', parentId)
      ? listConnectedAccounts(deps.db, { parentId, externalAccount })
      : Promise.resolve([])
  }, deps.nowMs)

  const withConfiguredSecrets = (account: ProviderAccount, provider: WebhookProviderName) => {
    const secrets = deps.configuredSecrets[provider] ?? []
    return account.isEnvironment && secrets.length > 0
      ? { ...account, webhookSecrets: secrets }
      : account
  }
  return {
    findForEndpoint: async (provider, accountId) => {
      if (accountId !== undefined && !isId('providerAccount', accountId)) return undefined
      const account = await (accountId === undefined
        ? environment.get(provider)
        : byId.get(accountId))
      return account?.provider === provider ? withConfiguredSecrets(account, provider) : undefined
    },
    listConnected: (parent, externalAccount) => connected.get(`${parent.id}\n${externalAccount}`),
    forget: () => {
      for (const cache of [environment, byId, connected]) cache.clear()
    },
  }
}

function findById(db: Queryable, id: string): Promise<ProviderAccount | undefined> {
  return isId('providerAccount', id) ? findProviderAccount(db, id) : Promise.resolve(undefined)
}
