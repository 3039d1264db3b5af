/** The tables that hold what a provider told us of payments, refunds, disputes and payouts. */
import type { DisputeRow, PaymentRow, PayoutRow, RefundRow } from './rows.ts'
import { defineTable, owned } from './table.ts'

export const paymentsTable = defineTable<'payments', PaymentRow>('payments', {
  id: { name: 'id', type: 'text' },
  ...owned,
  provider: { name: 'provider', type: 'text', immutable: true },
  origin: { name: 'origin', type: 'text', immutable: true },
  userId: { name: 'user_id', type: 'text' },
  reference: { name: 'reference', type: 'text' },
  providerReference: { name: 'provider_reference', type: 'text' },
  amountMinor: { name: 'amount_minor', type: 'bigint' },
  currency: { name: 'currency', type: 'text' },
  status: { name: 'status', type: 'text' },
  captureMethod: { name: 'capture_method', type: 'text' },
  capturableMinor: { name: 'capturable_minor', type: 'bigint' },
  receivedMinor: { name: 'received_minor', type: 'bigint' },
  refundedMinor: { name: 'refunded_minor', type: 'bigint' },
  disputedMinor: { name: 'disputed_minor', type: 'bigint' },
  description: { name: 'description', type: 'text' },
  metadata: { name: 'metadata', type: 'jsonb' },
  lastError: { name: 'last_error', type: 'jsonb' },
  correlationId: { name: 'correlation_id', type: 'text', immutable: true },
  sequence: { name: 'sequence', type: 'bigint' },
  createdAt: { name: 'created_at', type: 'timestamptz', immutable: true },
  updatedAt: { name: 'updated_at', type: 'timestamptz' },
  succeededAt: { name: 'succeeded_at', type: 'timestamptz' },
  canceledAt: { name: 'canceled_at', type: 'timestamptz' },
  mergedIntoPaymentId: { name: 'merged_into_payment_id', type: 'text' },
})

export const refundsTable = defineTable<'refunds', RefundRow>('refunds', {
  id: { name: 'id', type: 'text' },
  ...owned,
  paymentId: { name: 'payment_id', type: 'text' },
  kind: { name: 'kind', type: 'text', immutable: true },
  providerReference: { name: 'provider_reference', type: 'text', immutable: true },
  amountMinor: { name: 'amount_minor', type: 'bigint' },
  currency: { name: 'currency', type: 'text' },
  status: { name: 'status', type: 'text' },
  reason: { name: 'reason', type: 'text' },
  failureReason: { name: 'failure_reason', type: 'text' },
  effectiveAt: { name: 'effective_at', type: 'timestamptz' },
  createdAt: { name: 'created_at', type: 'timestamptz', immutable: true },
  updatedAt: { name: 'updated_at', type: 'timestamptz' },
})

export const disputesTable = defineTable<'disputes', DisputeRow>('disputes', {
  id: { name: 'id', type: 'text' },
  ...owned,
  paymentId: { name: 'payment_id', type: 'text' },
  providerReference: { name: 'provider_reference', type: 'text', immutable: true },
  amountMinor: { name: 'amount_minor', type: 'bigint' },
  currency: { name: 'currency', type: 'text' },
  status: { name: 'status', type: 'text' },
  reason: { name: 'reason', type: 'text' },
  evidenceDueAt: { name: 'evidence_due_at', type: 'timestamptz' },
  effectiveAt: { name: 'effective_at', type: 'timestamptz' },
  createdAt: { name: 'created_at', type: 'timestamptz', immutable: true },
  updatedAt: { name: 'updated_at', type: 'timestamptz' },
})

export const payoutsTable = defineTable<'payouts', PayoutRow>('payouts', {
  id: { name: 'id', type: 'text' },
  ...owned,
  providerReference: { name: 'provider_reference', type: 'text', immutable: true },
  amountMinor: { name: 'amount_minor', type: 'bigint' },
  currency: { name: 'currency', type: 'text' },
  status: { name: 'status', type: 'text' },
  arrivalOn: { name: 'arrival_on', type: 'date' },
  failureReason: { name: 'failure_reason', type: 'text' },
  effectiveAt: { name: 'effective_at', type: 'timestamptz' },
  correlationId: { name: 'correlation_id', type: 'text', immutable: true },
  sequence: { name: 'sequence', type: 'bigint' },
  createdAt: { name: 'created_at', type: 'timestamptz', immutable: true },
  updatedAt: { name: 'updated_at', type: 'timestamptz' },
})
