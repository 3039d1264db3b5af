import { isUnsigned } from '../inbox/present-inbox-event.ts'
import { webhookProviders } from '../inbox/webhook-providers.ts'
import type { InboxPayload } from '../store/inbox-payloads.ts'
import type { InboxEventView } from '../store/inbox-reads.ts'
import { findProviderAccount } from '../store/provider-accounts.ts'
import type { OpenScope } from './open-scope.ts'

export type SignatureCheck = 'matches' | 'matches_no_secret_of_today' | 'not_checked' | 'archived'

/** Bytes and header are kept, so the verdict can be checked again with the secrets of today. */
export async function checkSignatureAgain(
  { database, config }: OpenScope,
  event: InboxEventView,
  payload: InboxPayload | undefined,
): Promise<SignatureCheck> {
  if (payload === undefined) return 'archived'
  if (isUnsigned(payload)) return 'not_checked'
  const { header = '', timestamp } = Object(payload.signature) as {
    header?: string
    timestamp?: number
  }
  const account = await findProviderAccount(database, event.providerAccountId as `pac_${string}`)
  const configured = config.stripe.webhookSecrets.map((secret) => secret.reveal())
  const verification = webhookProviders.stripe.startVerification({
    header,
    secrets: [...configured, ...(account?.webhookSecrets ?? [])],
    // At the time of the delivery: what is asked is whether the bytes are still those that were signed.
    nowSeconds: timestamp ?? 0,
  })
  verification.update(payload.body)
  return verification.finish().ok ? 'matches' : 'matches_no_secret_of_today'
}
