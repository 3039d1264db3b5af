import { type EventFacts, SELF_TEST_EVENT_TYPE } from '../domain/provider-event.ts'
import type { ProviderEvents } from '../providers/provider.ts'
import { stripeEvents } from '../providers/stripe/index.ts'
import type { ClaimedEvent } from '../store/inbox-claims.ts'

const adapters: Record<string, ProviderEvents> = { stripe: stripeEvents }

/** An event with what it tells. */
export type ReadEvent = { claimed: ClaimedEvent; facts: EventFacts }
/**
 * One that tells something. What a provider answers to a request of ours is told like an event, and has no row in the
 * inbox.
 */
export type ToldEvent = {
  claimed: ClaimedEvent
  facts: Extract<EventFacts, { outcome: 'facts' }>
  /** the payment it was asked for */
  answersFor?: string
  /** a second effect, found beside the one that the answer is about */
  isOther?: true
}

/** When the provider says that what is told was so. */
export function toldAtSeconds({ facts }: ToldEvent): number {
  return facts.assertions[0]?.facts.writes[0]?.version.atSeconds ?? 0
}

/** Reads the stored bytes again: nothing derived from them was kept that could disagree with them. */
export function readEvent(claimed: ClaimedEvent): ReadEvent {
  const adapter = adapters[claimed.provider]
  if (adapter === undefined)
    return { claimed, facts: { outcome: 'ignored', reason: 'unhandled_type' } }
  if (claimed.type === SELF_TEST_EVENT_TYPE) {
    return { claimed, facts: { outcome: 'ignored', reason: 'self_test' } }
  }
  // A type nobody handles need not be parsed; Stripe adds types without notice.
  if (!adapter.handledTypes.test(claimed.type) && !claimed.type.startsWith('v2.')) {
    return { claimed, facts: { outcome: 'ignored', reason: 'unhandled_type' } }
  }
  return { claimed, facts: adapter.readFacts(JSON.parse(claimed.body)) }
}
