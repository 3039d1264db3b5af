import { toJsonInteger } from '../domain/money.ts'
import type { DuplicateUndo, NextAction, PaymentError, PaymentStatus } from '../domain/payment.ts'
import type { PaymentRow } from '../store/rows.ts'

/** A payment as users see it: in answers, in events, everywhere the same. */
export type PresentedPayment = {
  id: string
  merchant_id: string
  livemode: boolean
  user_id: string | null
  amount_cents: number
  currency: string
  status: PaymentStatus
  stripe_payment_intent_id: string | null
  provider: string
  provider_reference: string | null
  idempotency_key: string | null
  capture_method: 'automatic' | 'manual'
  amount_capturable_cents: number
  amount_received_cents: number
  amount_refunded_cents: number
  next_action: NextAction | null
  last_error: PaymentError | null
  description: string | null
  reference: string | null
  origin: 'api' | 'provider'
  metadata: Record<string, string>
  merged_into_payment_id: string | null
  duplicate_of_payment_id: string | null
  duplicate_undo: DuplicateUndo | null
  created_at: string
  updated_at: string
}

export function presentPayment(payment: PaymentRow): PresentedPayment {
  return {
    id: payment.id,
    merchant_id: payment.merchantId,
    livemode: payment.livemode,
    user_id: payment.userId,
    amount_cents: toJsonInteger(payment.amountMinor),
    currency: payment.currency,
    status: payment.status,
    stripe_payment_intent_id: stripeIntentId(payment),
    provider: payment.provider,
    provider_reference: payment.providerReference,
    // Payments that a provider told us of have none.
    idempotency_key: payment.idempotencyKey,
    capture_method: payment.captureMethod,
    amount_capturable_cents: toJsonInteger(payment.capturableMinor),
    amount_received_cents: toJsonInteger(payment.receivedMinor),
    amount_refunded_cents: toJsonInteger(payment.refundedMinor),
    next_action: payment.nextAction,
    last_error: payment.lastError,
    description: payment.description,
    reference: payment.reference,
    origin: payment.origin,
    metadata: payment.metadata,
    merged_into_payment_id: payment.mergedIntoPaymentId,
    duplicate_of_payment_id: payment.duplicateOfPaymentId,
    duplicate_undo: payment.duplicateUndo,
    created_at: payment.createdAt.toISOString(),
    updated_at: payment.updatedAt.toISOString(),
  }
}

/** A payment adopted from a charge that has no intent is known by the charge. */
function stripeIntentId({ provider, providerReference }: PaymentRow): string | null {
  return provider === 'stripe' && providerReference?.startsWith('pi_') ? providerReference : null
}
