/**
 * The port every provider adapter fills. Pure at this stage: bytes parsed in, facts in our words out.
 * Imports domain only.
 */
import type { EventFacts } from '../domain/provider-event.ts'

/** Turns one parsed event into facts. Strategy per object: the first that can handle the event does. */
export type CoreHandler<Event> = {
  canHandle(event: Event): boolean
  /** @throws DomainError naming the field when the event is not what its type promises */
  handle(event: Event): EventFacts
}

export type ProviderEvents = {
  /** every event type that has a handler; the rest is stored and ignored */
  readonly handledTypes: RegExp
  /** @throws DomainError when the payload is not an event of this provider */
  readFacts(parsed: unknown): EventFacts
}
