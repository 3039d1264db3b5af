import type { PaymentError, PaymentMethod } from '../store/records.ts'
import { findOutcome } from '../stripe/outcomes.ts'
import { presentMethod } from './payment-method.ts'

/** As `last_payment_error` and, with the intent, as the body of a 402. */
export function presentPaymentError(error: PaymentError, method: PaymentMethod | undefined) {
  return {
    ...(error.charge !== null && { charge: error.charge }),
    ...adviceOf(error),
    code: error.code,
    ...(error.declineCode !== null && { decline_code: error.declineCode }),
    doc_url: `https://stripe.com/docs/error-codes/${error.code.replaceAll('_', '-')}`,
    message: error.message,
    ...(method !== undefined && { payment_method: presentMethod(method) }),
    type:
      error.code === 'payment_intent_authentication_failure'
        ? 'invalid_request_error'
        : 'card_error',
  }
}

function adviceOf({ declineCode }: PaymentError) {
  const { advice, networkCode } = findOutcome(declineCode)
  return {
    ...(advice !== null && { advice_code: advice }),
    ...(networkCode !== null && { network_decline_code: networkCode }),
  }
}
