import Stripe from 'stripe'

/** Codes under which a failed call reaches us through the SDK. */
export const unsentCode = 'PAYONCE_UNSENT'
export const brokenCode = 'PAYONCE_BROKEN'

/** These happen before the first byte of a request leaves. */
const beforeSending = new Set(['connect', 'getaddrinfo'])
const certificateCode = /^(?:CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/

/**
 * The SDK's own client, with two of its habits taken away: it repeats a request whose connection was closed, and it
 * tells a connection that was never made like one that broke on the way. Our attempts are the only ones.
 */
export function createHttpClient(): Stripe.HttpClient {
  const inner = Stripe.createNodeHttpClient() as Stripe.HttpClient
  return {
    getClientName: () => inner.getClientName(),
    makeRequest: async (...request: Parameters<Stripe.HttpClient['makeRequest']>) => {
      try {
        return await inner.makeRequest(...request)
      } catch (error) {
        throw Object.assign(new Error('the call failed', { cause: error }), {
          code: isBeforeSending(error) ? unsentCode : brokenCode,
        })
      }
    },
  } as Stripe.HttpClient
}

function isBeforeSending(error: unknown): boolean {
  // Several addresses of one host were tried, none answered.
  if (error instanceof AggregateError) return error.errors.every(isBeforeSending)
  if (!(error instanceof Error)) return false
  const { syscall, code } = error as NodeJS.ErrnoException
  return beforeSending.has(syscall ?? '') || certificateCode.test(code ?? '')
}
