import type Stripe from 'stripe'
import { cardNamed } from '../cards.ts'
import type { Charge } from '../store/records.ts'
import type { State } from '../store/state.ts'
import { findOutcome } from '../stripe/outcomes.ts'
import { presentBilling, presentCard } from './payment-method.ts'

const HOLD_SECONDS = 7 * 24 * 3600

export function presentCharge(state: State, charge: Charge): Stripe.Charge {
  const method = state.find('payment_method', charge.method)
  if (method === undefined) throw new Error(`charge ${charge.id} has no payment method`)
  const isPaid = charge.status === 'succeeded'
  return {
    id: charge.id,
    object: 'charge',
    amount: charge.amount,
    amount_captured: charge.captured ?? 0,
    amount_refunded: charge.refunded,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: charge.balance,
    billing_details: presentBilling(method),
    calculated_statement_descriptor: 'SANDBOX',
    captured: charge.captured !== null,
    created: charge.created,
    currency: charge.currency,
    customer: charge.customer,
    description: null,
    disputed: charge.disputed,
    failure_balance_transaction: null,
    failure_code: charge.error?.code ?? null,
    failure_message: charge.error?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: { ...charge.metadata },
    on_behalf_of: null,
    outcome: presentOutcome(charge),
    paid: isPaid,
    payment_intent: charge.intent,
    payment_method: charge.method,
    payment_method_details: {
      type: 'card',
      card: {
        ...presentCard(method),
        amount_authorized: isPaid ? charge.amount : null,
        authorization_code: isPaid ? '123456' : null,
        ...(isPaid &&
          charge.captured === null && { capture_before: charge.created + HOLD_SECONDS }),
        electronic_commerce_indicator: charge.authenticated ? '05' : null,
        extended_authorization: { status: 'disabled' },
        incremental_authorization: { status: 'unavailable' },
        installments: null,
        mandate: null,
        multicapture: { status: 'unavailable' },
        network: cardNamed(method.card).brand,
        network_token: { used: false },
        network_transaction_id: null,
        overcapture: { maximum_amount_capturable: charge.amount, status: 'unavailable' },
        regulated_status: 'unregulated',
        three_d_secure: charge.authenticated
          ? {
              authentication_flow: 'challenge',
              electronic_commerce_indicator: '05',
              exemption_indicator: null,
              result: 'authenticated',
              result_reason: null,
              transaction_id: null,
              version: '2.2.0',
            }
          : null,
        transaction_link_id: null,
        wallet: null,
      },
    },
    receipt_email: null,
    receipt_number: null,
    receipt_url: null,
    refunded: charge.refunded === charge.amount,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: charge.status,
    transfer_data: null,
    transfer_group: null,
    ...(charge.extra as Partial<Stripe.Charge>),
  }
}

function presentOutcome({ error }: Charge) {
  if (error === null)
    return {
      advice_code: null,
      network_advice_code: null,
      network_decline_code: null,
      network_status: 'approved_by_network',
      reason: null,
      risk_level: 'normal',
      seller_message: 'Payment complete.',
      type: 'authorized',
    }
  const { advice, networkCode } = findOutcome(error.declineCode)
  const isBlocked = error.declineCode === 'fraudulent'
  return {
    advice_code: advice,
    network_advice_code: null,
    network_decline_code: networkCode,
    network_status: isBlocked ? 'not_sent_to_network' : 'declined_by_network',
    reason: isBlocked ? 'highest_risk_level' : (error.declineCode ?? error.code),
    risk_level: isBlocked ? 'highest' : 'normal',
    seller_message: isBlocked
      ? 'Stripe blocked this payment as too risky.'
      : 'The bank did not return any further details with this decline.',
    type: isBlocked ? 'blocked' : 'issuer_declined',
  }
}
