/**
 * Handlers: what users add to the events of their providers, without a change to Payonce.
 *
 * In: the module of `PAYONCE_HANDLERS`. Out: calls of its handlers, each event at least once, after its commit; calls of
 * its observers, as well as can be. Promise: whatever that module does, the core neither fails nor waits.
 * This file is the interface users program against; it imports nothing, so that it can be read, and compiled, by itself.
 */

/** JSON as parsed. Numbers are exact: an integer beyond 2^53 is a `bigint`. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | JsonObject
export type JsonObject = { readonly [member: string]: JsonValue | undefined }

export type ObservedStatus =
  | 'received'
  | 'duplicate'
  | 'replayed'
  | 'collision'
  | 'applied'
  | 'ignored'
  | 'parked'
  | 'failed'
  | 'dead'

/** What is known of a provider's event without its content. Immutable. */
export type ObservedEvent = {
  /** ours, `pev_…`; null while the event is not stored */
  readonly id: string | null
  /** the provider's own id, such as `evt_…` of Stripe */
  readonly providerEventId: string
  readonly provider: string
  /** in the provider's words, such as `payment_intent.succeeded` */
  readonly type: string
  /** the first four when received, the next three when processed, the last two with an error */
  readonly status: ObservedStatus
  readonly paymentId: string | null
  readonly requestId: string
  readonly correlationId: string
  /** W3C trace id of the request that brought it */
  readonly traceId: string
  /** milliseconds: received: until the provider had its answer; processed: since it was received */
  readonly durationMs: number
}

/** An event as a handler gets it: stored, applied and committed. Immutable, however deep. */
export type ProviderEvent = {
  /** ours, `pev_…`: the same for each attempt, so the thing to be idempotent by */
  readonly id: string
  readonly providerEventId: string
  readonly provider: string
  readonly providerAccountId: string
  readonly type: string
  readonly apiVersion: string | null
  readonly merchantId: string
  readonly livemode: boolean
  /** the provider's clock, ISO 8601 */
  readonly createdAt: string
  /** our clock, ISO 8601 */
  readonly receivedAt: string
  /** what the core made of it: `ignored` when nothing of ours follows from this type */
  readonly status: 'applied' | 'ignored'
  /** the payment it was applied to */
  readonly paymentId: string | null
  readonly requestId: string
  readonly correlationId: string
  /** W3C trace context the delivery came with */
  readonly traceparent: string | null
  /** 1 for the first call; later ones repeat a call that failed or whose end nobody saw */
  readonly attempt: number
  /** the provider's object the event is about: `data.object` of a Stripe event; empty when it carries none */
  readonly object: JsonObject
  /** the whole event as the provider sent it, parsed */
  readonly payload: JsonObject
}

/** Does something of the user's own with each event it can handle. */
export type EventHandler = {
  /** Quick and without effects: asked before each call. */
  canHandle(event: ProviderEvent): boolean
  /** Called at least once for each event, at most 30 s; a rejected promise is tried again. Must be idempotent. */
  handle(event: ProviderEvent): Promise<void>
}

/** Watches events go by. Told as well as can be: nothing is repeated, and what does not fit is dropped and counted. */
export type EventObserver = {
  onEventReceived(event: ObservedEvent): void | Promise<void>
  onEventProcessed(event: ObservedEvent): void | Promise<void>
  /** An event was refused, failed, or was given up; `error.event` says which, where it is known. */
  onError(error: ObservedError): void | Promise<void>
}

/** An error an observer is told of. */
export class ObservedError extends Error {
  override readonly name = 'ObservedError'
  /** stable, such as `signature_mismatch` or `event_field_invalid` */
  readonly code: string
  readonly event: ObservedEvent | null

  constructor(code: string, message: string, event: ObservedEvent | null) {
    super(message)
    this.code = code
    this.event = event
  }
}

/** How webhooks fare, since the observer was opened. */
export type WebhookMetrics = {
  /** webhooks that were verified and acknowledged, repeats included */
  eventCount: number
  /** mean milliseconds from an event's arrival until it was applied; 0 before the first */
  processingTime: number
  /** share of outcomes that were errors, 0 to 1: refused webhooks and failed tries */
  errorRate: number
  /** the other outcomes' share; 1 before the first */
  successRate: number
  /** mean milliseconds until the provider had its answer; 0 before the first */
  responseTime: number
}

export type WebhookPerformance = { observer: EventObserver; read(): WebhookMetrics }
