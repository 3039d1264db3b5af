import type { ProviderEventEnvelope } from '../../domain/provider-event.ts'
import { flagOf, objectOf, referenceOf, type StripeObject, wrong } from './stripe-object.ts'

const TEXT_LENGTH_MAX = 255
/** The last second of the year 9999, the end of ISO 8601's four digits. */
const CREATED_AT_SECONDS_MAX = 253_402_300_799
const RFC_3339_SHAPE = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/

/**
 * What the inbox keeps of a Stripe event beside its bytes.
 * @throws DomainError naming the field when it is not a Stripe event
 */
export function readEnvelope(parsed: unknown): ProviderEventEnvelope {
  const event = objectOf(parsed)
  if (event === undefined) throw wrong('', 'an object')
  const isThin = event.object === 'v2.core.event'
  const eventId = identifierOf(event, 'id')
  const object = isThin ? relatedObjectOf(event) : dataObjectOf(event)
  const objectReference = boundedReferenceOf(object, 'id')
  return {
    eventId,
    type: identifierOf(event, 'type'),
    apiVersion: optionalIdentifierOf(event, 'api_version'),
    createdAtSeconds: isThin ? secondsOfIso(event.created) : secondsOf(event.created),
    livemode: livemodeOf(event),
    account: optionalIdentifierOf(event, isThin ? 'context' : 'account'),
    objectReference,
    orderingKey:
      boundedReferenceOf(object, 'payment_intent') ??
      boundedReferenceOf(object, 'charge') ??
      objectReference ??
      eventId,
  }
}

function dataObjectOf(event: StripeObject): StripeObject {
  const object = objectOf(objectOf(event.data)?.object)
  if (object === undefined) throw wrong('/data/object', 'an object')
  return object
}

/** A thin event names its object and carries nothing of it; some name none. */
function relatedObjectOf(event: StripeObject): StripeObject {
  if (event.related_object === undefined || event.related_object === null) return {}
  const object = objectOf(event.related_object)
  if (object === undefined) throw wrong('/related_object', 'an object')
  return { id: object.id }
}

function identifierOf(event: StripeObject, field: string): string {
  const value = event[field]
  if (typeof value !== 'string' || value === '' || value.length > TEXT_LENGTH_MAX) {
    throw wrong(`/${field}`, `a string of 1 to ${TEXT_LENGTH_MAX} characters`)
  }
  // PostgreSQL's text has neither; replacing them would let two ids become one.
  if (value.includes('\u0000') || !value.isWellFormed()) {
    throw wrong(`/${field}`, 'a string without NUL and lone surrogates')
  }
  return value
}

function optionalIdentifierOf(event: StripeObject, field: string): string | undefined {
  const value = event[field]
  return value === undefined || value === null || value === ''
    ? undefined
    : identifierOf(event, field)
}

function boundedReferenceOf(object: StripeObject, field: string): string | undefined {
  const reference = referenceOf(object, field)
  if (reference !== undefined && reference.length > TEXT_LENGTH_MAX) {
    throw wrong(`/data/object/${field}`, `at most ${TEXT_LENGTH_MAX} characters`)
  }
  return reference === '' ? undefined : reference
}

function livemodeOf(event: StripeObject): boolean | undefined {
  const livemode = flagOf(event, 'livemode')
  if (livemode === undefined && event.livemode !== undefined && event.livemode !== null) {
    throw wrong('/livemode', 'true or false')
  }
  return livemode
}

function secondsOf(created: unknown): number {
  const isWhole = typeof created === 'number' && Number.isSafeInteger(created)
  if (!isWhole || created < 0 || created > CREATED_AT_SECONDS_MAX) {
    throw wrong('/created', 'whole seconds since 1970')
  }
  return created
}

function secondsOfIso(created: unknown): number {
  const isIso = typeof created === 'string' && RFC_3339_SHAPE.test(created)
  const seconds = isIso ? Math.floor(Date.parse(created) / 1000) : Number.NaN
  if (!(seconds >= 0 && seconds <= CREATED_AT_SECONDS_MAX)) {
    throw wrong('/created', 'an instant such as 2026-01-02T03:04:05Z')
  }
  return seconds
}
