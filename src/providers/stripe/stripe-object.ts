/**
 * Reading Stripe's objects. Real traffic mixes API versions, so any field may be missing; a field that is there
 * but of a wrong type is an error of the event, named by its path.
 */
import { DomainError } from '../../domain/errors.ts'
import type { FactValue } from '../../domain/facts.ts'

export type StripeObject = Record<string, unknown>
export type StripeEvent = {
  id: string
  type: string
  created: number
  data: { object: StripeObject }
}

/** Seconds of Stripe's clock; thin and ordinary events both end up here. */
export function eventFrom(parsed: unknown): StripeEvent {
  const event = objectOf(parsed)
  const data = objectOf(event?.data)
  const object = objectOf(data?.object)
  if (event === undefined || object === undefined) throw wrong('/data/object', 'an object')
  const id = textOf(event, 'id')
  const type = textOf(event, 'type')
  const created = integerOf(event, 'created')
  if (id === undefined) throw wrong('/id', 'a string')
  if (type === undefined) throw wrong('/type', 'a string')
  if (created === undefined) throw wrong('/created', 'whole seconds')
  return { id, type, created, data: { object } }
}

export function objectOf(value: unknown): StripeObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as StripeObject)
    : undefined
}

/** PostgreSQL's jsonb refuses NUL and lone surrogates; the raw body keeps them. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\ufffd')
}

export function textOf(object: StripeObject, field: string): string | undefined {
  const value = object[field]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw wrong(`/${field}`, 'a string')
  return storable(value)
}

/** An exact integer; anything a double cannot hold exactly is refused rather than rounded. */
export function integerOf(object: StripeObject, field: string): number | undefined {
  const value = object[field]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    throw wrong(`/${field}`, 'an integer')
  return value
}

export function flagOf(object: StripeObject, field: string): boolean | undefined {
  const value = object[field]
  return typeof value === 'boolean' ? value : undefined
}

/** The id behind a field that holds an id or, expanded, the object itself. */
export function referenceOf(object: StripeObject, field: string): string | undefined {
  const value = object[field]
  if (typeof value === 'string' && value !== '') return storable(value)
  const expanded = objectOf(value)
  return expanded === undefined ? undefined : textOf(expanded, 'id')
}

/** Members of an embedded list (`charges`, `refunds`), as API versions before 2022-11-15 sent them. */
export function embeddedList(object: StripeObject, field: string): StripeObject[] {
  const list = objectOf(object[field])?.data
  if (!Array.isArray(list)) return []
  return list.map(objectOf).filter((member) => member !== undefined)
}

/** ISO code in upper case; Stripe writes lower case. */
export function currencyOf(object: StripeObject): string | undefined {
  const currency = textOf(object, 'currency')?.toUpperCase()
  if (currency !== undefined && !/^[A-Z]{3}$/.test(currency))
    throw wrong('/currency', 'an ISO 4217 code')
  return currency
}

/** The merchant's own metadata: string values only, at most what Stripe allows. */
export function metadataOf(object: StripeObject): Record<string, string> {
  const metadata: Record<string, string> = {}
  for (const [key, value] of Object.entries(objectOf(object.metadata) ?? {})) {
    if (typeof value === 'string') metadata[storable(key)] = storable(value)
  }
  return metadata
}

/** Drops the fields this payload did not carry, so that an older API version never erases what a newer one told. */
export function present(fields: Record<string, FactValue | undefined>): Record<string, FactValue> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Record<string, FactValue>
}

export function wrong(pointer: string, expected: string): DomainError {
  return new DomainError('event_field_invalid', {
    public: `The event's field ${pointer} is not ${expected}.`,
    internal: `field ${pointer} is not ${expected}`,
    errors: [{ pointer, detail: `must be ${expected}` }],
  })
}
