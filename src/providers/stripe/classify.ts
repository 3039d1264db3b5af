/** The one place that says what a failed call means: did money move, and may the same request be sent again? */
import Stripe from 'stripe'
import type { OpenReason } from '../../domain/attempt.ts'
import type { PaymentError } from '../../domain/payment.ts'
import { secondsOf } from './client.ts'
import { lastErrorOf } from './handlers/last-error.ts'
import { unsentCode } from './http-client.ts'
import { objectOf, type StripeObject } from './stripe-object.ts'

export type FailedCall =
  /** an answer: the issuer or Stripe said no; `intent` is as it then was */
  | {
      outcome: 'declined'
      moneyMayHaveMoved: false
      error: PaymentError
      intent: StripeObject | undefined
      atSeconds: number | undefined
      isReplay: boolean
    }
  | { outcome: 'refused' | 'contested'; moneyMayHaveMoved: false; error: PaymentError }
  | {
      outcome: 'unsent'
      moneyMayHaveMoved: false
      retryAfterSeconds: number
      isUnreachable: boolean
    }
  | { outcome: 'unknown'; moneyMayHaveMoved: true; reason: OpenReason }

/** Stripe's words for "not in this state": it may have been brought there by this very request. */
const contestedCodes = new Set([
  'payment_intent_unexpected_state',
  'charge_already_captured',
  'charge_already_refunded',
  'resource_already_exists',
])
const RATE_LIMIT_SECONDS = 2
const UNREACHABLE_SECONDS = 2
const NOT_ALLOWED_SECONDS = 30
const KEY_IN_USE_SECONDS = 1

export function classifyFailure(error: unknown): FailedCall {
  if (!(error instanceof Stripe.errors.StripeError)) return unknown('no_answer')
  if (error instanceof Stripe.errors.StripeConnectionError) {
    const cause = error.detail as unknown
    const wasUnsent = cause instanceof Error && 'code' in cause && cause.code === unsentCode
    return wasUnsent ? unsent(UNREACHABLE_SECONDS, true) : unknown('no_answer')
  }
  const status = error.statusCode
  // A body that cannot be read may be a proxy's, or half of the truth.
  if (status === undefined) return unknown('no_answer')
  const told = toldOf(error)
  if (status === 402) {
    const headers = (error.headers ?? {}) as Record<string, string | undefined>
    return {
      outcome: 'declined',
      moneyMayHaveMoved: false,
      error: told,
      intent: objectOf(error.payment_intent),
      atSeconds: secondsOf(headers),
      isReplay: isReplayed(error),
    }
  }
  if (status === 409 || error.code === 'idempotency_key_in_use') return unsent(KEY_IN_USE_SECONDS)
  // The key is known there with another request: something of ours is wrong, and what happened then is not told.
  if (error.rawType === 'idempotency_error') return unknown('answer_mismatch')
  if (status === 429) return unsent(retryAfterOf(error) ?? RATE_LIMIT_SECONDS)
  if (error.code !== undefined && contestedCodes.has(error.code)) {
    return { outcome: 'contested', moneyMayHaveMoved: false, error: told }
  }
  // Our own key was refused, or the account is: nothing was looked at, and a person has to mend it.
  if (status === 401 || status === 403) return unsent(NOT_ALLOWED_SECONDS)
  if (status >= 400 && status < 500) {
    // No other card mends a value that is wrong.
    return { outcome: 'refused', moneyMayHaveMoved: false, error: { ...told, retryable: false } }
  }
  return unknown(isReplayed(error) ? 'key_spent' : 'provider_error')
}

/** A stored answer: the request it belongs to has ended, however it did. */
function isReplayed({ headers }: InstanceType<typeof Stripe.errors.StripeError>): boolean {
  return ((headers ?? {}) as Record<string, string | undefined>)['idempotent-replayed'] === 'true'
}

function unsent(retryAfterSeconds: number, isUnreachable = false): FailedCall {
  return { outcome: 'unsent', moneyMayHaveMoved: false, retryAfterSeconds, isUnreachable }
}

function unknown(reason: OpenReason): FailedCall {
  return { outcome: 'unknown', moneyMayHaveMoved: true, reason }
}

function toldOf(error: InstanceType<typeof Stripe.errors.StripeError>): PaymentError {
  const { code, decline_code, message, rawType } = error
  const told = { code: code ?? rawType, decline_code, message }
  return (
    lastErrorOf(told as StripeObject) ?? {
      code: 'provider_refused_request',
      decline_code: null,
      message: null,
      retryable: false,
    }
  )
}

function retryAfterOf(error: InstanceType<typeof Stripe.errors.StripeError>): number | undefined {
  const headers = (error.headers ?? {}) as Record<string, string | undefined>
  const seconds = Number(headers['retry-after'])
  return Number.isInteger(seconds) && seconds > 0 ? Math.min(seconds, 60) : undefined
}
