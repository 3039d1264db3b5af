import type { PaymentError } from '../../../domain/payment.ts'
import { type StripeObject, textOf } from '../stripe-object.ts'

/** Declines that no retry with the same card can mend (Stripe's decline codes, "hard" ones). */
const finalDeclines = new Set([
  'fraudulent',
  'invalid_account',
  'invalid_number',
  'lost_card',
  'merchant_blacklist',
  'new_account_information_available',
  'pickup_card',
  'restricted_card',
  'revocation_of_all_authorizations',
  'revocation_of_authorization',
  'stolen_card',
  'stop_payment_order',
  'transaction_not_allowed',
])

/** `last_payment_error` in our words; null when the intent carries none. */
export function lastErrorOf(error: StripeObject | undefined): PaymentError | null {
  if (error === undefined) return null
  const declineCode = textOf(error, 'decline_code') ?? null
  return {
    code: textOf(error, 'code') ?? textOf(error, 'type') ?? 'unknown',
    decline_code: declineCode,
    message: textOf(error, 'message') ?? null,
    retryable: declineCode === null || !finalDeclines.has(declineCode),
  }
}

/** A charge says the same in three fields of its own. */
export function chargeFailureOf(charge: StripeObject): PaymentError | null {
  const code = textOf(charge, 'failure_code')
  if (code === undefined) return null
  return lastErrorOf({
    code,
    message: charge.failure_message,
    decline_code: (charge.outcome as StripeObject | null | undefined)?.reason,
  })
}
