/** Rows as the code sees them: columns in camel case, amounts as bigint minor units, instants as `Date`. */
import type { AttemptStatus, AttemptStep, OpenReason } from '../domain/attempt.ts'
import type {
  DuplicateUndo,
  NextAction,
  PaymentError,
  PaymentStatus,
  PayoutStatus,
  RefundStatus,
} from '../domain/payment.ts'

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
  nextAction: NextAction | null
  idempotencyKey: string | null
  correlationId: string
  sequence: bigint
  createdAt: Date
  updatedAt: Date
  succeededAt: Date | null
  canceledAt: Date | null
  /** set once it turned out to be part of another payment; nothing of it changes from then on */
  mergedIntoPaymentId: string | null
  /** set when it is a second effect of the operation that made another payment, and no payment of its own */
  duplicateOfPaymentId: string | null
  /** set with it */
  duplicateUndo: DuplicateUndo | null
}

export type PaymentAttemptRow = OwnerColumns & {
  id: string
  paymentId: string
  operationId: string
  step: AttemptStep
  number: number
  providerKey: string
  /** canonical JSON of the provider request */
  request: string
  confirms: boolean
  amountMinor: bigint
  currency: string
  status: AttemptStatus
  knownAtSeconds: bigint
  reason: OpenReason | null
  error: PaymentError | null
  providerReference: string | null
  leaseUntil: Date | null
  /** rises with every claim; who writes after a claim must still hold it */
  fence: bigint
  nextAt: Date | null
  checkCount: number
  actor: string
  requestId: string
  correlationId: string
  traceContext: string | null
  createdAt: Date
  sentAt: Date | null
  settledAt: Date | null
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
