/** Stripe's front door: what its events tell, in our words. */
import type { EventFacts } from '../../domain/provider-event.ts'
import type { CoreHandler, ProviderEvents } from '../provider.ts'
import { readCharge } from './handlers/charge.ts'
import { readCheckoutSession } from './handlers/checkout-session.ts'
import { readDispute } from './handlers/dispute.ts'
import { readIntent } from './handlers/intent.ts'
import { readPayout } from './handlers/payout.ts'
import { readRefund } from './handlers/refund.ts'
import { eventFrom, objectOf, type StripeEvent } from './stripe-object.ts'

/** The object an event carries decides its handler; its type only whether we handle it at all. */
const handler = (
  prefix: string,
  object: string,
  handle: (event: StripeEvent) => EventFacts,
): CoreHandler<StripeEvent> => ({
  canHandle: (event) => event.type.startsWith(prefix) && event.data.object.object === object,
  handle,
})

export const stripeHandlers: readonly CoreHandler<StripeEvent>[] = [
  handler('payment_intent.', 'payment_intent', readIntent),
  handler('charge.dispute.', 'dispute', readDispute),
  handler('charge.', 'refund', readRefund),
  handler('charge.', 'charge', readCharge),
  handler('refund.', 'refund', readRefund),
  handler('payout.', 'payout', readPayout),
  handler('checkout.session.', 'checkout.session', readCheckoutSession),
]

export const stripeEvents: ProviderEvents = {
  handledTypes: /^(payment_intent|charge|refund|payout|checkout\.session)\./,
  readFacts: (parsed) => {
    if (objectOf(parsed)?.object === 'v2.core.event') {
      return { outcome: 'ignored', reason: 'thin_event_needs_key' }
    }
    const event = eventFrom(parsed)
    const found = stripeHandlers.find((candidate) => candidate.canHandle(event))
    return found === undefined
      ? { outcome: 'ignored', reason: 'unhandled_type' }
      : found.handle(event)
  },
}
