/** Small stories in Stripe's words. Each event of a story is what Stripe would send, in Stripe's order. */
type Told = { tag: string; amount: number; currency: string; createdAtSeconds: number }
export type StripeEventBody = {
  id: string
  object: 'event'
  api_version: string
  type: string
  created: number
  livemode: false
  pending_webhooks: 1
  data: { object: object }
}

const intent = (told: Told, status: string, more: object = {}) => ({
  id: `pi_${told.tag}`,
  object: 'payment_intent',
  amount: told.amount,
  amount_received: status === 'succeeded' ? told.amount : 0,
  amount_capturable: status === 'requires_capture' ? told.amount : 0,
  currency: told.currency,
  capture_method: 'automatic',
  status,
  latest_charge: status === 'succeeded' ? `ch_${told.tag}` : null,
  last_payment_error: null,
  metadata: {},
  ...more,
})

const charge = (told: Told, more: object = {}) => ({
  id: `ch_${told.tag}`,
  object: 'charge',
  payment_intent: `pi_${told.tag}`,
  amount: told.amount,
  amount_captured: told.amount,
  amount_refunded: 0,
  captured: true,
  paid: true,
  currency: told.currency,
  status: 'succeeded',
  ...more,
})

const refund = (told: Told, status: string) => ({
  id: `re_${told.tag}`,
  object: 'refund',
  amount: told.amount,
  charge: `ch_${told.tag}`,
  payment_intent: `pi_${told.tag}`,
  currency: told.currency,
  created: told.createdAtSeconds,
  status,
})

const dispute = (told: Told, status: string) => ({
  id: `dp_${told.tag}`,
  object: 'dispute',
  amount: told.amount,
  charge: `ch_${told.tag}`,
  payment_intent: `pi_${told.tag}`,
  currency: told.currency,
  reason: 'fraudulent',
  status,
})

const payout = (told: Told, status: string) => ({
  id: `po_${told.tag}`,
  object: 'payout',
  amount: told.amount,
  currency: told.currency,
  status,
  arrival_date: told.createdAtSeconds,
})

const declined = {
  code: 'card_declined',
  decline_code: 'generic_decline',
  message: 'Your card was declined.',
}

type Step = [type: string, object: (told: Told) => object]
const paid: Step[] = [
  ['payment_intent.created', (told) => intent(told, 'requires_payment_method')],
  ['charge.succeeded', (told) => charge(told)],
  ['payment_intent.succeeded', (told) => intent(told, 'succeeded')],
]
const disputed: Step[] = [
  ...paid,
  ['charge.dispute.created', (told) => dispute(told, 'needs_response')],
]

const stories: Record<string, Step[]> = {
  'payment_intent.created': paid.slice(0, 1),
  'payment_intent.succeeded': paid,
  'payment_intent.payment_failed': [
    ...paid.slice(0, 1),
    [
      'payment_intent.payment_failed',
      (told) => intent(told, 'requires_payment_method', { last_payment_error: declined }),
    ],
  ],
  'payment_intent.canceled': [
    ...paid.slice(0, 1),
    ['payment_intent.canceled', (told) => intent(told, 'canceled')],
  ],
  'charge.refunded': [
    ...paid,
    ['refund.created', (told) => refund(told, 'succeeded')],
    ['charge.refunded', (told) => charge(told, { amount_refunded: told.amount, refunded: true })],
  ],
  'refund.failed': [
    ...paid,
    ['refund.created', (told) => refund(told, 'pending')],
    ['refund.failed', (told) => refund(told, 'failed')],
  ],
  'charge.dispute.created': disputed,
  'charge.dispute.closed': [
    ...disputed,
    ['charge.dispute.closed', (told) => dispute(told, 'lost')],
  ],
  'payout.paid': [
    ['payout.created', (told) => payout(told, 'pending')],
    ['payout.paid', (told) => payout(told, 'paid')],
  ],
}

export const storyTypes = Object.keys(stories)

/** Undefined when no story ends with an event of this type. `tag` makes the story's ids its own. */
export function storyOf(type: string, told: Told): StripeEventBody[] | undefined {
  return stories[type]?.map(([stepType, object], index) => ({
    id: `evt_${told.tag}${index}`,
    object: 'event',
    api_version: '2026-10-28.endive',
    type: stepType,
    created: told.createdAtSeconds,
    livemode: false,
    pending_webhooks: 1,
    data: { object: object(told) },
  }))
}
