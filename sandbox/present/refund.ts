import type Stripe from 'stripe'
import type { Refund } from '../store/records.ts'

export function presentRefund(refund: Refund): Stripe.Refund {
  return {
    id: refund.id,
    object: 'refund',
    amount: refund.amount,
    balance_transaction: refund.balance,
    charge: refund.charge,
    created: refund.created,
    currency: refund.currency,
    customer: null,
    customer_account: null,
    destination_details: {
      card: {
        reference_status: 'pending',
        reference_type: 'acquirer_reference_number',
        type: refund.isRelease ? 'reversal' : 'refund',
      },
      type: 'card',
    },
    ...(refund.failureBalance !== null && { failure_balance_transaction: refund.failureBalance }),
    ...(refund.failureReason !== null && { failure_reason: refund.failureReason }),
    metadata: { ...refund.metadata },
    payment_intent: refund.intent,
    payment_method: null,
    ...(refund.status === 'pending' && { pending_reason: 'processing' as const }),
    reason: refund.reason as Stripe.Refund.Reason | null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: refund.status,
    transfer_reversal: null,
  }
}
