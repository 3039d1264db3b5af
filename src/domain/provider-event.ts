/**
 * A provider event in our words: who sent it, when the provider says it happened, and which references it names.
 * Adapters make it from raw bytes; nothing after the adapter knows a provider's own words.
 */
import type { ObjectFacts } from './facts.ts'

/** What an event store keeps beside the bytes; read at intake, before anything is applied. */
export type ProviderEventEnvelope = {
  /** the provider's id of the event, 1-255 characters */
  eventId: string
  type: string
  apiVersion: string | undefined
  /** the provider's clock, seconds since 1970 */
  createdAtSeconds: number
  /** undefined: the payload does not say */
  livemode: boolean | undefined
  /** the connected account the event belongs to; undefined: the account the webhook endpoint belongs to */
  account: string | undefined
  objectReference: string | undefined
  /** the most root-like reference the event names: events with one key are applied by one worker */
  orderingKey: string
}

export const providerObjectKinds = [
  'operation',
  'intent',
  'charge',
  'refund',
  'dispute',
  'payout',
  'checkout_session',
] as const
export type ProviderObjectKind = (typeof providerObjectKinds)[number]

export type ProviderObjectName = { kind: ProviderObjectKind; reference: string }

/** What one event tells of one provider object. */
export type ObjectAssertion = ProviderObjectName & { facts: ObjectFacts }

/**
 * What a handler makes of an event.
 * `subject` is the object the event is about. `root` true: unknown, it is adopted as a payment (or payout);
 * false: unknown, the event is parked under every one of `parents`.
 */
export type EventFacts =
  | {
      outcome: 'facts'
      subject: ProviderObjectName
      root: boolean
      /** objects that, when known, tell which payment this is; nearest first, the most root-like last */
      parents: ProviderObjectName[]
      assertions: ObjectAssertion[]
    }
  | { outcome: 'ignored'; reason: IgnoredReason }

/** The type of the event by which an installation tests its own way from intake to worker; it changes nothing. */
export const SELF_TEST_EVENT_TYPE = 'payonce.self_test'

/** How deliveries of our own command line name themselves; no provider's refusal is told by them. */
export const OWN_USER_AGENT = 'payonce'

export const ignoredReasons = [
  'unhandled_type',
  'unknown_account',
  'wrong_livemode',
  'moved_to_own_account',
  'thin_event_needs_key',
  'no_payment_named',
  'self_test',
] as const
export type IgnoredReason = (typeof ignoredReasons)[number]
