import type { StripeError } from '../stripe/errors.ts'
import { findOutcome } from '../stripe/outcomes.ts'
import { presentIntent } from './payment-intent.ts'
import { presentMethod } from './payment-method.ts'
import type { Presenting } from './presenting.ts'

export function presentError(from: Presenting, error: StripeError, requestId: string): object {
  const { code, declineCode, param, charge, intent, method } = error.fields
  const { advice, networkCode } = findOutcome(declineCode ?? null)
  return {
    error: {
      ...(advice !== null && { advice_code: advice }),
      ...(charge != null && { charge }),
      ...(code !== undefined && {
        code,
        doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`,
      }),
      ...(declineCode != null && { decline_code: declineCode }),
      message: error.message,
      ...(networkCode !== null && { network_decline_code: networkCode }),
      ...(param !== undefined && { param }),
      ...(intent !== undefined && { payment_intent: presentIntent(from, intent) }),
      ...(method !== undefined && { payment_method: presentMethod(method) }),
      request_log_url: `https://dashboard.stripe.com/test/logs/${requestId}`,
      type: error.type,
    },
  }
}
