import { toJsonInteger } from '../domain/money.ts'
import type { PayoutStatus } from '../domain/payment.ts'
import type { PayoutRow } from '../store/rows.ts'

export type PresentedPayout = {
  id: string
  merchant_id: string
  livemode: boolean
  amount_cents: number
  currency: string
  status: PayoutStatus
  provider_reference: string
  /** calendar day the bank is expected to have it */
  arrival_on: string | null
  failure_reason: string | null
  effective_at: string
  created_at: string
  updated_at: string
}

export function presentPayout(payout: PayoutRow): PresentedPayout {
  return {
    id: payout.id,
    merchant_id: payout.merchantId,
    livemode: payout.livemode,
    amount_cents: toJsonInteger(payout.amountMinor),
    currency: payout.currency,
    status: payout.status,
    provider_reference: payout.providerReference,
    arrival_on: payout.arrivalOn,
    failure_reason: payout.failureReason,
    effective_at: payout.effectiveAt.toISOString(),
    created_at: payout.createdAt.toISOString(),
    updated_at: payout.updatedAt.toISOString(),
  }
}
