/** Reading query parameters: what is wrong with one is said under its name. */
import { type Currency, parseCurrency } from '../domain/currencies.ts'
import { DomainError } from '../domain/errors.ts'
import { isId, type PaymentId } from '../domain/ids.ts'

export const PAGE_ITEMS_DEFAULT = 20

export function invalidParameter(name: string, detail: string): DomainError {
  return new DomainError('invalid_request', {
    public: `The request is not valid: /${name} ${detail}.`,
    errors: [{ pointer: `/${name}`, detail }],
  })
}

const INSTANT = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+ -]\d{2}:\d{2})$/

/** An ISO 8601 instant with its offset. A plus that a client did not encode arrives as a space. */
export function readInstant(name: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const day = INSTANT.exec(text)?.[1]
  const at = new Date(text.replace(' ', '+'))
  if (day === undefined || Number.isNaN(at.getTime()) || !isCalendarDay(day)) {
    throw invalidParameter(name, 'must be an instant such as 2026-01-31T00:00:00Z')
  }
  return at
}

/** `Date` reads 31 February as a day in March. */
function isCalendarDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day)
}

/** A half-open range whose ends are parameters. */
export function readRange<From extends string, To extends string>(
  query: { [Name in From | To]?: string | undefined },
  fromName: From,
  toName: To,
): { from: Date | undefined; to: Date | undefined } {
  const from = readInstant(fromName, query[fromName])
  const to = readInstant(toName, query[toName])
  if (from !== undefined && to !== undefined && from > to) {
    throw invalidParameter(fromName, `must not be after ${toName}`)
  }
  return { from, to }
}

/** The id of a payment. Anything else would find nothing, which looks like an answer. */
export function readPaymentId(name: string, text: string | undefined): PaymentId | undefined {
  if (text === undefined || isId('payment', text)) return text
  throw invalidParameter(
    name,
    'must be our id of a payment, pay_ and 26 characters; `npx payonce payments show` finds it by the id the provider gave it',
  )
}

export function readCurrency(name: string, text: string | undefined): Currency | undefined {
  if (text === undefined) return undefined
  const currency = parseCurrency(text)
  if (currency === undefined) throw invalidParameter(name, 'must be an ISO 4217 code such as EUR')
  return currency
}
