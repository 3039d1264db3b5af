import type { MerchantId, NewId } from '../domain/ids.ts'
import { hasApiKeys, lockFirstKeys } from '../store/api-keys.ts'
import type { Transaction } from '../store/db.ts'
import { createApiKey } from './api-keys.ts'
import { modeOf } from './key-text.ts'

export type FirstKeys = { testKey: string; liveKey: string }

/**
 * The first key of each mode on a database that has none; undefined when it has. The texts are returned this once.
 * A key the operator chose is the test key, unless it is written as a live one.
 */
export async function bootstrapAccess(
  tx: Transaction,
  options: { merchantId: MerchantId; newId: NewId; apiKey?: string | undefined },
): Promise<FirstKeys | undefined> {
  const { merchantId, newId, apiKey } = options
  await lockFirstKeys(tx)
  if (await hasApiKeys(tx)) return undefined
  const chosenLive = apiKey !== undefined && modeOf(apiKey) === 'live'
  const create = (livemode: boolean) =>
    createApiKey(tx, newId, { merchantId, livemode }, livemode === chosenLive ? apiKey : undefined)
  return { testKey: (await create(false)).keyText, liveKey: (await create(true)).keyText }
}
