/** Stripe's API through its SDK: one call, one answer or one classified failure; never repeated by anybody but us. */
import Stripe from 'stripe'
import type { ProviderParams } from '../provider.ts'
import { createHttpClient } from './http-client.ts'
import { objectOf, type StripeObject } from './stripe-object.ts'

export type StripeCall = {
  method: 'GET' | 'POST'
  path: string
  params?: ProviderParams
  idempotencyKey?: string
}
export type StripeReply = {
  body: StripeObject
  /** the provider's clock, by its `Date` header */
  atSeconds: number | undefined
  /** the stored answer of an earlier call under this key */
  isReplay: boolean
}
export type CallStripe = (call: StripeCall) => Promise<StripeReply>

export type StripeClientOptions = {
  secretKey: string
  /** absent: Stripe itself */
  apiBase?: string | undefined
  timeoutMs: number
  /** told of every call that failed, by the SDK's name for the failure */
  onError?: (type: string) => void
}

/** No answer within the time it may take; the SDK's own limit is on silence only. */
export class CallTimeoutError extends Error {
  override readonly name = 'CallTimeoutError'
}

export function openStripeClient(options: StripeClientOptions): CallStripe {
  const base = options.apiBase === undefined ? undefined : new URL(options.apiBase)
  const stripe = new Stripe(options.secretKey, {
    maxNetworkRetries: 0,
    telemetry: false,
    timeout: options.timeoutMs,
    httpClient: createHttpClient(),
    ...(base && {
      host: base.hostname,
      port: base.port || (base.protocol === 'https:' ? '443' : '80'),
      protocol: base.protocol === 'https:' ? 'https' : 'http',
    }),
  })
  return async ({ method, path, params, idempotencyKey }) => {
    try {
      const answer = await within(
        options.timeoutMs,
        stripe.rawRequest(method, path, params, {
          maxNetworkRetries: 0,
          ...(idempotencyKey !== undefined && { idempotencyKey }),
        }),
      )
      const headers = answer.lastResponse.headers as Record<string, string | undefined>
      return {
        body: objectOf(answer) ?? {},
        atSeconds: secondsOf(headers),
        isReplay: headers['idempotent-replayed'] === 'true',
      }
    } catch (error) {
      options.onError?.(error instanceof Error ? nameOf(error) : 'unknown')
      throw error
    }
  }
}

/** Seconds of a `Date` header; undefined where there is none that can be read. */
export function secondsOf(headers: Record<string, string | undefined>): number | undefined {
  const ms = Date.parse(headers.date ?? '')
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000)
}

function nameOf(error: Error): string {
  return error instanceof Stripe.errors.StripeError ? error.type : error.name
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new CallTimeoutError(`no answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
