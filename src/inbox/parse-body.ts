import type { ProviderEventEnvelope } from '../domain/provider-event.ts'
import type { ParseThread } from './parse-thread.ts'
import { readJson } from './read-json.ts'
import { type WebhookProviderName, webhookProviders } from './webhook-providers.ts'

export type ParseBody = (
  provider: WebhookProviderName,
  body: Buffer,
) => ProviderEventEnvelope | Promise<ProviderEventEnvelope>

/** Bodies up to here cost the event loop well under a millisecond; nearly all events are smaller. */
const INLINE_BYTES_MAX = 32_768

/** Reads the envelope out of a verified body; a large one is read in another thread, where there is one. */
export function createBodyParser(thread?: Pick<ParseThread, 'parse'>): ParseBody {
  return (provider, body) =>
    thread === undefined || body.length <= INLINE_BYTES_MAX
      ? webhookProviders[provider].readEnvelope(readJson(body))
      : thread.parse({ provider, body })
}
