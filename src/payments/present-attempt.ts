import type { AttemptStatus, AttemptStep } from '../domain/attempt.ts'
import { toJsonInteger } from '../domain/money.ts'
import type { PaymentError } from '../domain/payment.ts'
import type { PaymentAttemptRow } from '../store/rows.ts'

/** An attempt as events and the timeline show it; what exactly was sent stays with us. */
export type PresentedAttempt = {
  id: string
  merchant_id: string
  livemode: boolean
  payment_id: string
  step: AttemptStep
  number: number
  status: AttemptStatus
  reason: string | null
  amount_cents: number
  currency: string
  provider_reference: string | null
  error: PaymentError | null
  created_at: string
}

export function presentAttempt(attempt: PaymentAttemptRow): PresentedAttempt {
  return {
    id: attempt.id,
    merchant_id: attempt.merchantId,
    livemode: attempt.livemode,
    payment_id: attempt.paymentId,
    step: attempt.step,
    number: attempt.number,
    status: attempt.status,
    reason: attempt.reason,
    amount_cents: toJsonInteger(attempt.amountMinor),
    currency: attempt.currency,
    provider_reference: attempt.providerReference,
    error: attempt.error,
    created_at: attempt.createdAt.toISOString(),
  }
}
