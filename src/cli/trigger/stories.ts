/**
 * Small stories in Stripe's words: for each type of event we understand, what Stripe would have sent before it and
 * with it, in Stripe's order. About an existing payment only the last part is told.
 */
import {
  charge,
  declined,
  dispute,
  heldCharge,
  intent,
  payout,
  refund,
  refundedCharge,
  session,
  type Told,
} from './objects.ts'

export type StripeEventBody = {
  id: string
  object: 'event'
  api_version: string
  type: string
  created: number
  livemode: boolean
  pending_webhooks: 1
  data: { object: object }
}

type Step = readonly [type: string, object: (told: Told) => object]
/** What a payment must be for the last part to be told of it. */
export type Needs = 'not paid' | 'authorized' | 'captured' | 'no existing payment'
type Story = { needs: Needs; before: readonly Step[]; steps: readonly Step[] }

const held = { capture_method: 'manual' }
const created: Step = ['payment_intent.created', (told) => intent(told, 'requires_payment_method')]
const succeeded: Step = ['payment_intent.succeeded', (told) => intent(told, 'succeeded')]
const charged: Step = ['charge.succeeded', (told) => charge(told)]
const processing: Step = ['payment_intent.processing', (told) => intent(told, 'processing')]
const pendingCharge: Step = [
  'charge.pending',
  (told) => charge(told, { status: 'pending', captured: false, paid: false, amount_captured: 0 }),
]
const paid: readonly Step[] = [created, charged, succeeded]
const authorized: readonly Step[] = [
  created,
  ['charge.succeeded', (told) => heldCharge(told)],
  ['payment_intent.amount_capturable_updated', (told) => intent(told, 'requires_capture', held)],
]
const refundMade = (status: string): Step => ['refund.created', (told) => refund(told, status)]
const disputed: readonly Step[] = [
  ['charge.dispute.created', (told) => dispute(told, 'needs_response')],
  ['charge.dispute.funds_withdrawn', (told) => dispute(told, 'needs_response')],
]
const payoutMade: Step = ['payout.created', (told) => payout(told, 'pending')]
const payoutPaid: Step = ['payout.paid', (told) => payout(told, 'paid')]
const canceledHold: Step = [
  'payment_intent.canceled',
  (told) => intent(told, 'canceled', { ...held, latest_charge: told.charge }),
]

const fromNothing = (...steps: Step[]): Story => ({
  needs: 'no existing payment',
  before: [],
  steps,
})
const unpaid = (...steps: Step[]): Story => ({ needs: 'not paid', before: [created], steps })
const onHold = (...steps: Step[]): Story => ({ needs: 'authorized', before: authorized, steps })
const afterPaid = (...steps: Step[]): Story => ({ needs: 'captured', before: paid, steps })
const afterPayout = (...steps: Step[]): Story => ({
  needs: 'no existing payment',
  before: [payoutMade],
  steps,
})

const stories: readonly Story[] = [
  fromNothing(created),
  unpaid(charged, succeeded),
  unpaid(charged),
  unpaid([
    'payment_intent.payment_failed',
    (told) => intent(told, 'requires_payment_method', { last_payment_error: declined }),
  ]),
  unpaid(['payment_intent.canceled', (told) => intent(told, 'canceled')]),
  unpaid(['payment_intent.requires_action', (told) => intent(told, 'requires_action')]),
  unpaid(['payment_intent.partially_funded', (told) => intent(told, 'requires_action')]),
  unpaid(pendingCharge, processing),
  unpaid(processing, pendingCharge),
  unpaid(...authorized.slice(1)),
  unpaid([
    'charge.failed',
    (told) =>
      charge(told, {
        status: 'failed',
        captured: false,
        paid: false,
        amount_captured: 0,
        failure_code: declined.code,
        failure_message: declined.message,
        outcome: { reason: declined.decline_code },
      }),
  ]),
  onHold(
    ['payment_intent.succeeded', (told) => intent(told, 'succeeded', held)],
    ['charge.captured', (told) => charge(told)],
  ),
  onHold(canceledHold, ['charge.expired', (told) => heldCharge(told, { refunded: true })]),
  afterPaid(['charge.updated', (told) => charge(told, { balance_transaction: `txn_${told.tag}` })]),
  afterPaid(refundMade('succeeded'), ['charge.refunded', refundedCharge]),
  afterPaid(refundMade('succeeded')),
  afterPaid(refundMade('pending'), ['refund.updated', (told) => refund(told, 'succeeded')]),
  afterPaid(refundMade('pending'), ['charge.refund.updated', (told) => refund(told, 'succeeded')]),
  afterPaid(refundMade('pending'), [
    'refund.failed',
    (told) => refund(told, 'failed', { failure_reason: 'expired_or_canceled_card' }),
  ]),
  afterPaid(...disputed.slice(0, 1)),
  afterPaid(...disputed),
  afterPaid(...disputed, ['charge.dispute.updated', (told) => dispute(told, 'under_review')]),
  afterPaid(...disputed, ['charge.dispute.closed', (told) => dispute(told, 'lost')]),
  afterPaid(...disputed, ['charge.dispute.funds_reinstated', (told) => dispute(told, 'won')]),
  fromNothing(payoutMade),
  afterPayout(['payout.updated', (told) => payout(told, 'in_transit')]),
  afterPayout(payoutPaid),
  afterPayout([
    'payout.failed',
    (told) => payout(told, 'failed', { failure_code: 'account_closed' }),
  ]),
  afterPayout(['payout.canceled', (told) => payout(told, 'canceled')]),
  afterPayout(payoutPaid, ['payout.reconciliation_completed', (told) => payout(told, 'paid')]),
  unpaid(charged, succeeded, [
    'checkout.session.completed',
    (told) => session(told, 'complete', 'paid'),
  ]),
  unpaid(['checkout.session.expired', (told) => session(told, 'expired', 'unpaid')]),
  unpaid(processing, charged, succeeded, [
    'checkout.session.async_payment_succeeded',
    (told) => session(told, 'complete', 'paid'),
  ]),
  unpaid(
    processing,
    [
      'payment_intent.payment_failed',
      (told) => intent(told, 'requires_payment_method', { last_payment_error: declined }),
    ],
    ['checkout.session.async_payment_failed', (told) => session(told, 'complete', 'unpaid')],
  ),
]

/** Each story by the type it ends with. */
const byType = new Map(stories.map((story) => [story.steps.at(-1)?.[0] ?? '', story]))

export const storyTypes: readonly string[] = [...byType.keys()].sort()

export function needsOf(type: string): Needs | undefined {
  return byType.get(type)?.needs
}

/** @param whole false: only what is new about a payment that exists already */
export function storyOf(
  type: string,
  told: Told,
  { whole }: { whole: boolean },
): StripeEventBody[] {
  const story = byType.get(type)
  if (story === undefined) return []
  const steps = whole ? [...story.before, ...story.steps] : story.steps
  return steps.map(([stepType, object], index) => ({
    id: `evt_${told.tag}${index}`,
    object: 'event',
    api_version: '2026-10-28.endive',
    type: stepType,
    created: told.createdAtSeconds,
    livemode: told.livemode,
    pending_webhooks: 1,
    data: { object: object(told) },
  }))
}
