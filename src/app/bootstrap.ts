import { randomBytes } from 'node:crypto'
import { bootstrapAccess, type FirstKeys } from '../access/bootstrap.ts'
import type { Config } from '../config/config.ts'
import type { MerchantId, NewId } from '../domain/ids.ts'
import type { Database } from '../store/db.ts'
import { ensureEnvironmentAccount } from '../store/provider-accounts.ts'

export type Bootstrap = {
  merchantId: MerchantId
  firstKeys: FirstKeys | undefined
  webhookSecret: string
}

/** The first merchant, its Stripe account and its keys on an empty database; what is there stays. */
export async function bootstrap(
  database: Database,
  config: Config,
  newId: NewId,
): Promise<Bootstrap> {
  const { webhookSecrets, secretKey } = config.stripe
  return database.transaction(async (tx) => {
    const { account } = await ensureEnvironmentAccount(tx, {
      provider: 'stripe',
      merchantName: config.bootstrap.merchant,
      // A key fixes the mode; without one every event says its own.
      livemode: secretKey === undefined ? undefined : /^[a-z]+_live_/.test(secretKey.reveal()),
      configuredSecretsPresent: webhookSecrets.length > 0,
      newSecret: () => `whsec_${randomBytes(24).toString('base64url')}`,
      newId,
    })
    const { merchantId } = account
    const apiKey = config.bootstrap.apiKey?.reveal()
    const firstKeys = await bootstrapAccess(tx, { merchantId, newId, apiKey })
    const webhookSecret = webhookSecrets[0]?.reveal() ?? account.webhookSecrets[0] ?? ''
    return { merchantId, firstKeys, webhookSecret }
  })
}
