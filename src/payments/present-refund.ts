import { toJsonInteger } from '../domain/money.ts'
import type { RefundStatus } from '../domain/payment.ts'
import type { RefundRow } from '../store/rows.ts'

export type PresentedRefund = {
  id: string
  merchant_id: string
  livemode: boolean
  payment_id: string
  amount_cents: number
  currency: string
  status: RefundStatus
  kind: 'itemised' | 'unitemised'
  provider_reference: string
  reason: string | null
  failure_reason: string | null
  effective_at: string
  created_at: string
  updated_at: string
}

export function presentRefund(refund: RefundRow): PresentedRefund {
  return {
    id: refund.id,
    merchant_id: refund.merchantId,
    livemode: refund.livemode,
    payment_id: refund.paymentId,
    amount_cents: toJsonInteger(refund.amountMinor),
    currency: refund.currency,
    status: refund.status,
    kind: refund.kind,
    provider_reference: refund.providerReference,
    reason: refund.reason,
    failure_reason: refund.failureReason,
    effective_at: refund.effectiveAt.toISOString(),
    created_at: refund.createdAt.toISOString(),
    updated_at: refund.updatedAt.toISOString(),
  }
}
