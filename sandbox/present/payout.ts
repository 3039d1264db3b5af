import type Stripe from 'stripe'
import type { Payout } from '../store/records.ts'

export function presentPayout(payout: Payout): Stripe.Payout {
  return {
    id: payout.id,
    object: 'payout',
    amount: payout.amount,
    application_fee: null,
    application_fee_amount: null,
    arrival_date: payout.arrival,
    automatic: payout.automatic,
    balance_transaction: payout.balance,
    created: payout.created,
    currency: payout.currency,
    description: payout.automatic ? 'STRIPE PAYOUT' : null,
    destination: payout.destination,
    failure_balance_transaction: payout.failureBalance,
    failure_code: payout.failureCode,
    failure_message: payout.failureCode === null ? null : 'The bank account has been closed.',
    livemode: false,
    metadata: { ...payout.metadata },
    method: payout.method,
    original_payout: null,
    payout_method: null,
    reconciliation_status: payout.automatic ? 'completed' : 'not_applicable',
    reversed_by: null,
    source_type: 'card',
    statement_descriptor: null,
    status: payout.status,
    trace_id: null,
    type: 'bank_account',
    ...(payout.extra as Partial<Stripe.Payout>),
  }
}
