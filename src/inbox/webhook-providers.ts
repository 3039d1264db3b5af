import type { ProviderEventEnvelope } from '../domain/provider-event.ts'
import { readEnvelope } from '../providers/stripe/read-envelope.ts'
import { startVerification } from '../providers/stripe/verify-webhook.ts'
import type { WebhookVerification } from '../providers/webhook-verification.ts'

export type WebhookHeaders = Readonly<Record<string, string | string[] | undefined>>

/** What the intake needs of a provider; there is no default, so an adapter without verification does not compile. */
export type WebhookProvider = {
  signatureHeader: string
  startVerification(request: {
    header: string | undefined
    secrets: readonly string[]
    nowSeconds: number
  }): WebhookVerification
  /** @throws DomainError naming the field when it is not an event of this provider */
  readEnvelope(parsed: unknown): ProviderEventEnvelope
}

export const webhookProviders = {
  stripe: { signatureHeader: 'stripe-signature', startVerification, readEnvelope },
} as const satisfies Record<string, WebhookProvider>

export type WebhookProviderName = keyof typeof webhookProviders
