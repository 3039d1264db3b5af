import { toJsonInteger } from '../domain/money.ts'
import type { DisputeRow } from '../store/rows.ts'

export type PresentedDispute = {
  id: string
  merchant_id: string
  livemode: boolean
  payment_id: string
  amount_cents: number
  currency: string
  status: string
  provider_reference: string
  reason: string | null
  evidence_due_at: string | null
  effective_at: string
  created_at: string
  updated_at: string
}

export function presentDispute(dispute: DisputeRow): PresentedDispute {
  return {
    id: dispute.id,
    merchant_id: dispute.merchantId,
    livemode: dispute.livemode,
    payment_id: dispute.paymentId,
    amount_cents: toJsonInteger(dispute.amountMinor),
    currency: dispute.currency,
    status: dispute.status,
    provider_reference: dispute.providerReference,
    reason: dispute.reason,
    evidence_due_at: dispute.evidenceDueAt?.toISOString() ?? null,
    effective_at: dispute.effectiveAt.toISOString(),
    created_at: dispute.createdAt.toISOString(),
    updated_at: dispute.updatedAt.toISOString(),
  }
}
