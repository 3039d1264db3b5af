import Stripe from 'stripe'

/** The unmodified official SDK, pointed at the sandbox; it retries nothing by itself. */
export function connect(address: string, options: { timeout?: number } = {}): Stripe {
  return new Stripe('sk_test_sandbox', {
    host: '127.0.0.1',
    port: Number(new URL(address).port),
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
    ...options,
  })
}
