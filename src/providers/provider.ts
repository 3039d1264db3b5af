/**
 * The port every provider adapter fills: events and answers in, facts in our words out; requests built and sent.
 * Imports domain only.
 */
import type { AttemptStep, OpenReason } from '../domain/attempt.ts'
import type { Currency } from '../domain/currencies.ts'
import type { PaymentError } from '../domain/payment.ts'
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

export type ObjectFactsTold = Extract<EventFacts, { outcome: 'facts' }>

/** A request to the provider, in its own words. Every value comes from the merchant's request, none is generated. */
export type ProviderRequest = { path: string; params: ProviderParams }
export type ProviderParams = { [name: string]: ProviderParam }
export type ProviderParam = string | number | boolean | string[] | { [name: string]: string }

/** What a merchant asks for, as far as a provider needs to know it. */
export type Asked = {
  operationId: string
  amountMinor: bigint | undefined
  currency: Currency
  paymentMethod?: string | undefined
  confirm?: boolean | undefined
  captureMethod?: 'automatic' | 'manual' | undefined
  description?: string | undefined
  metadata?: Record<string, string> | undefined
  /** the merchant's own name for the payment */
  reference?: string | undefined
  returnUrl?: string | undefined
  reason?: string | undefined
}

/** A request on its way, with what its answer is checked against. */
export type Sending = {
  step: AttemptStep
  operationId: string
  providerKey: string
  request: ProviderRequest
  /** of the whole payment */
  amountMinor: bigint
  currency: string
  /** of this request, where the merchant named it */
  askedAmountMinor: bigint | undefined
  /** the provider's id of the payment; undefined before it told one */
  paymentReference: string | undefined
  /** newest fact known when this was sent: its answer is newer */
  knownAtSeconds: bigint
  sentAtSeconds: number
}

/** What became of a request. `facts` are what the provider told of the object on the way. */
export type ProviderAnswer =
  | { outcome: 'accepted'; facts: ObjectFactsTold; providerReference: string }
  | {
      outcome: 'declined'
      facts: ObjectFactsTold | undefined
      error: PaymentError
      providerReference: string | null
    }
  /** the provider refused it before anything moved */
  | { outcome: 'refused'; error: PaymentError }
  /** the provider says the payment is not in a state for this; it may be because it is done already */
  | { outcome: 'contested'; error: PaymentError }
  /** nothing reached the provider, or it did not look: the same request may be sent again later */
  | { outcome: 'unsent'; retryAfterSeconds: number; isUnreachable?: boolean }
  | { outcome: 'unknown'; reason: OpenReason }

/** What a read found of an attempt's effect. Finding nothing is no result. */
export type ProviderFinding =
  | {
      outcome: 'found'
      facts: ObjectFactsTold
      /** second effects of the same operation */
      others: ObjectFactsTold[]
    }
  | { outcome: 'nothing' }
  | { outcome: 'unread' }

export type ProviderPayments = {
  readonly name: string
  /** @throws DomainError naming the field the provider would not accept */
  buildRequest(
    step: AttemptStep,
    asked: Asked,
    paymentReference: string | undefined,
  ): ProviderRequest
  send(sending: Sending): Promise<ProviderAnswer>
  find(sending: Sending): Promise<ProviderFinding>
  /** false: it has failed too often lately, and nothing is begun that needs it */
  isAvailable(): boolean
}
