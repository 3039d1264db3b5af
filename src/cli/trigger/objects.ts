/** Stripe's objects in small, as its events carry them. */
import { toStripeAmount } from '../../providers/stripe/amounts.ts'

/** What a story tells of. */
export type Told = {
  /** 18 characters that make the ids of a story its own */
  tag: string
  intent: string | null
  charge: string
  currency: string
  /** what is paid */
  amount: number
  /** of it, what this story gives back or disputes */
  moved: number
  /** of it, what was given back before this story */
  refundedBefore: number
  createdAtSeconds: number
  livemode: boolean
}

/** Amounts in minor units become amounts as Stripe counts them, which for some currencies are others. */
export function asStripeCounts(told: Told): Told {
  const counted = (amount: number) => Number(toStripeAmount(BigInt(amount), told.currency))
  return {
    ...told,
    amount: counted(told.amount),
    moved: counted(told.moved),
    refundedBefore: counted(told.refundedBefore),
  }
}

export const intent = (told: Told, status: string, more: object = {}) => ({
  id: told.intent,
  object: 'payment_intent',
  amount: told.amount,
  amount_received: status === 'succeeded' ? told.amount : 0,
  amount_capturable: status === 'requires_capture' ? told.amount : 0,
  currency: told.currency,
  capture_method: 'automatic',
  status,
  latest_charge: ['succeeded', 'requires_capture'].includes(status) ? told.charge : null,
  last_payment_error: null,
  livemode: told.livemode,
  metadata: {},
  ...more,
})

export const charge = (told: Told, more: object = {}) => ({
  id: told.charge,
  object: 'charge',
  payment_intent: told.intent,
  amount: told.amount,
  amount_captured: told.amount,
  amount_refunded: told.refundedBefore,
  captured: true,
  paid: true,
  refunded: false,
  currency: told.currency,
  created: told.createdAtSeconds,
  livemode: told.livemode,
  metadata: {},
  status: 'succeeded',
  ...more,
})

export const heldCharge = (told: Told, more: object = {}) =>
  charge(told, { captured: false, amount_captured: 0, ...more })

export const refundedCharge = (told: Told) => {
  const refunded = told.refundedBefore + told.moved
  return charge(told, { amount_refunded: refunded, refunded: refunded >= told.amount })
}

export const refund = (told: Told, status: string, more: object = {}) => ({
  id: `re_${told.tag}`,
  object: 'refund',
  amount: told.moved,
  charge: told.charge,
  payment_intent: told.intent,
  currency: told.currency,
  created: told.createdAtSeconds,
  reason: 'requested_by_customer',
  status,
  ...more,
})

export const dispute = (told: Told, status: string) => ({
  id: `dp_${told.tag}`,
  object: 'dispute',
  amount: told.moved,
  charge: told.charge,
  payment_intent: told.intent,
  currency: told.currency,
  created: told.createdAtSeconds,
  evidence_details: { due_by: told.createdAtSeconds + 7 * 86_400 },
  livemode: told.livemode,
  reason: 'fraudulent',
  status,
})

export const payout = (told: Told, status: string, more: object = {}) => ({
  id: `po_${told.tag}`,
  object: 'payout',
  amount: told.amount,
  currency: told.currency,
  status,
  created: told.createdAtSeconds,
  arrival_date: told.createdAtSeconds,
  livemode: told.livemode,
  ...more,
})

export const session = (told: Told, status: string, paymentStatus: string) => ({
  id: `cs_test_${told.tag}`,
  object: 'checkout.session',
  payment_intent: told.intent,
  amount_total: told.amount,
  currency: told.currency,
  created: told.createdAtSeconds,
  livemode: told.livemode,
  mode: 'payment',
  status,
  payment_status: paymentStatus,
})

export const declined = {
  code: 'card_declined',
  decline_code: 'generic_decline',
  message: 'Your card was declined.',
}
