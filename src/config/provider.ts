import type { Settings } from './settings.ts'

export type ProviderConfig = {
  /** how long one call to a provider may take; the caller is answered within two seconds more */
  providerTimeoutMs: number
  /** how long a provider that ignores idempotency keys is given to show an effect before it is looked for */
  providerSettleMs: number
}

/** An attempt is owned for 25 s, and a caller is answered within 12: a call may not outlast either. */
const TIMEOUT_MS_MAX = 10_000

export function readProvider(settings: Settings): ProviderConfig {
  return {
    providerTimeoutMs: settings.integer('PROVIDER_TIMEOUT_MS', {
      fallback: TIMEOUT_MS_MAX,
      min: 100,
      max: TIMEOUT_MS_MAX,
    }),
    providerSettleMs: settings.integer('PROVIDER_SETTLE_MS', {
      fallback: 60_000,
      min: 0,
      max: 3_600_000,
    }),
  }
}
