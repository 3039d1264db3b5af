import type { AppEnvironment } from './server.ts'
import type { Settings } from './settings.ts'
import type { StripeConfig } from './stripe.ts'

/** The stand-in for Stripe that comes up with `npm start`. */
export type SandboxConfig = {
  /** 0 takes any free port */
  port: number
  /** a port that was asked for by name is not exchanged for another */
  isPortGiven: boolean
  seed: number
  durable: 'on' | 'off'
}

const PORT_DEFAULT = 12_111
const SEED_MAX = 2 ** 32

/** Undefined in production, and where a key or an address of its own says which Stripe is meant. */
export function readSandbox(
  settings: Settings,
  environment: AppEnvironment,
  stripe: StripeConfig,
): SandboxConfig | undefined {
  const isPortGiven = settings.text('SANDBOX_PORT') !== undefined
  const port = settings.integer('SANDBOX_PORT', { fallback: PORT_DEFAULT, min: 0, max: 65_535 })
  const seed = settings.integer('SANDBOX_SEED', { fallback: 1, min: 0, max: SEED_MAX })
  const durable = settings.choice('SANDBOX_DURABLE', ['on', 'off'], 'on')
  const isWanted =
    environment === 'development' && stripe.secretKey === undefined && stripe.apiBase === undefined
  return isWanted ? { port, isPortGiven, seed, durable } : undefined
}
