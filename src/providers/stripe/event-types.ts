/** Types of the events we handle, as Stripe names them; any other type is stored and ignored. */
export const stripeEventTypes: readonly string[] = [
  ...[
    'amount_capturable_updated',
    'canceled',
    'created',
    'partially_funded',
    'payment_failed',
    'processing',
    'requires_action',
    'succeeded',
  ].map((name) => `payment_intent.${name}`),
  ...[
    'captured',
    'expired',
    'failed',
    'pending',
    'refunded',
    'succeeded',
    'updated',
    'refund.updated',
    'dispute.created',
    'dispute.updated',
    'dispute.closed',
    'dispute.funds_withdrawn',
    'dispute.funds_reinstated',
  ].map((name) => `charge.${name}`),
  ...['created', 'updated', 'failed'].map((name) => `refund.${name}`),
  ...['created', 'updated', 'paid', 'failed', 'canceled', 'reconciliation_completed'].map(
    (name) => `payout.${name}`,
  ),
  ...['completed', 'expired', 'async_payment_succeeded', 'async_payment_failed'].map(
    (name) => `checkout.session.${name}`,
  ),
]
