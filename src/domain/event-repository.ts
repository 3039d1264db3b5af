/** The inbox as programs that embed it see it. Imports nothing, so that it can be read by itself. */

/** A Stripe event as it came, whatever fields its API version has. */
export type StripeEvent = {
  id: string
  type: string
  created: number
  data: { object: Record<string, unknown> }
  [field: string]: unknown
}

export type EventRepository = {
  /** Stores the event and queues it. The same event again changes nothing. @throws DomainError on another one's id */
  insertEvent(event: StripeEvent): Promise<void>
  /** The event as it was stored first. @throws DomainError `not_found` */
  getEvent(eventId: string): Promise<StripeEvent>
  /**
   * Has the stored event applied again, under the account it belongs to by now; one that still belongs to none stays
   * ignored. What a provider said never changes, so the content stays as it was stored.
   * @throws DomainError `not_found`
   */
  updateEvent(event: StripeEvent): Promise<void>
}
