/** Reading the values of options; what is wrong with one is said under its name. */
import { type Currency, parseCurrency } from '../domain/currencies.ts'
import { UsageError } from './frame/failures.ts'

const INSTANT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/
const AGE = /^(\d{1,6})(s|m|h|d)$/
const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Turns the local time of a zone into the first instant that shows it. */
type Zone = { startOf(localMs: number): number }
const utc: Zone = { startOf: (localMs) => localMs }

/** A day (its beginning in the zone), an instant with its offset, or an age counted from now. */
export function readTime(option: string, text: string | undefined, zone = utc): Date | undefined {
  if (text === undefined) return undefined
  const [, count, unit] = AGE.exec(text) ?? []
  if (count !== undefined) {
    return new Date(Date.now() - Number(count) * unitMs[unit as keyof typeof unitMs])
  }
  const at = new Date(text.length === 10 ? `${text}T00:00:00Z` : text)
  if (!INSTANT.test(text) || Number.isNaN(at.getTime()) || !isCalendarDay(text.slice(0, 10))) {
    throw new UsageError(
      `${option} ${text}: must be a day (2026-01-31), an instant (2026-01-31T08:00:00Z) or an age (90m, 12h, 7d)`,
    )
  }
  return text.length === 10 ? new Date(zone.startOf(at.getTime())) : at
}

/** `Date` reads 31 February as a day in March. */
function isCalendarDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day)
}

/** `--from` and `--to`, half open. @param zone whose days are meant; without it, those of UTC */
export function readRange(
  values: { from: string | undefined; to: string | undefined },
  zone?: Zone,
) {
  const from = readTime('--from', values.from, zone)
  const to = readTime('--to', values.to, zone)
  if (from !== undefined && to !== undefined && from > to) {
    throw new UsageError(`--from ${values.from}: must not be after --to ${values.to}`)
  }
  return { from, to }
}

export function readCount(option: string, text: string, bounds: { min: number; max: number }) {
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= bounds.min && count <= bounds.max) return count
  throw new UsageError(
    `${option} ${text}: must be a whole number from ${bounds.min} to ${bounds.max}`,
  )
}

export function readCurrency(option: string, text: string | undefined): Currency | undefined {
  if (text === undefined) return undefined
  const currency = parseCurrency(text)
  if (currency === undefined) {
    throw new UsageError(`${option} ${text}: must be an ISO 4217 code such as EUR`)
  }
  return currency
}
