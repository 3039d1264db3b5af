/** Rows as the code sees them: columns in camel case, amounts as bigint minor units, instants as `Date`. */
import type { PaymentError, PaymentStatus, PayoutStatus, RefundStatus } from '../domain/payment.ts'

/** What every domain row carries. */
export type OwnerColumns = {
  merchantId: string
  livemode: boolean
  providerAccountId: string
}

export type PaymentRow = OwnerColumns & {
  id: string
  provider: string
  origin: 'api' | 'provider'
  userId: string | null
  reference: string | null
  providerReference: string | null
  amountMinor: bigint
  currency: string
  status: PaymentStatus
  captureMethod: 'automatic' | 'manual'
  capturableMinor: bigint
  receivedMinor: bigint
  refundedMinor: bigint
  disputedMinor: bigint
  description: string | null
  metadata: Record<string, string>
  lastError: PaymentError | null
  correlationId: string
  sequence: bigint
  createdAt: Date
  updatedAt: Date
  succeededAt: Date | null
  canceledAt: Date | null
  /** set once it turned out to be part of another payment; nothing of it changes from then on */
  mergedIntoPaymentId: string | null
}

export type RefundRow = OwnerColumns & {
  id: string
  paymentId: string
  kind: 'itemised' | 'unitemised'
  providerReference: string
  amountMinor: bigint
  currency: string
  status: RefundStatus
  reason: string | null
  failureReason: string | null
  effectiveAt: Date
  createdAt: Date
  updatedAt: Date
}

export type DisputeRow = OwnerColumns & {
  id: string
  paymentId: string
  providerReference: string
  amountMinor: bigint
  currency: string
  status: string
  reason: string | null
  evidenceDueAt: Date | null
  effectiveAt: Date
  createdAt: Date
  updatedAt: Date
}

export type PayoutRow = OwnerColumns & {
  id: string
  providerReference: string
  amountMinor: bigint
  currency: string
  status: PayoutStatus
  /** calendar day, YYYY-MM-DD */
  arrivalOn: string | null
  failureReason: string | null
  effectiveAt: Date
  correlationId: string
  sequence: bigint
  createdAt: Date
  updatedAt: Date
}
