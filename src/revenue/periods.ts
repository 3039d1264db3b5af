import type { TimeZone } from './time-zone.ts'

export const intervals = ['total', 'day', 'week', 'month', 'year'] as const
export type Interval = (typeof intervals)[number]
export type CalendarInterval = Exclude<Interval, 'total'>

/** Half open, milliseconds since 1970. */
export type Range = { fromMs: number; toMs: number }

/** Ten years of days. */
export const PERIOD_COUNT_MAX = 3_660
const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Where the calendar periods that meet `range` begin, ascending; the first may begin before it.
 * Undefined: they are more than `PERIOD_COUNT_MAX`.
 */
export function periodStarts(
  interval: CalendarInterval,
  zone: TimeZone,
  { fromMs, toMs }: Range,
): number[] | undefined {
  if (fromMs >= toMs) return []
  const starts: number[] = []
  let localMs = floorLocal(interval, zone.localOf(fromMs))
  for (let startMs = zone.startOf(localMs); startMs < toMs; startMs = zone.startOf(localMs)) {
    const last = starts.at(-1)
    // A day that a zone left out has the start of the next one.
    if (last === undefined || startMs > last) starts.push(startMs)
    if (starts.length > PERIOD_COUNT_MAX) return undefined
    localMs = nextLocal(interval, localMs)
  }
  return starts
}

/** Where the calendar period that holds this moment began. */
export function periodStartAt(interval: CalendarInterval, zone: TimeZone, atMs: number): number {
  return zone.startOf(floorLocal(interval, zone.localOf(atMs)))
}

function floorLocal(interval: CalendarInterval, localMs: number): number {
  const date = new Date(localMs)
  const midnight = Math.floor(localMs / DAY_MS) * DAY_MS
  switch (interval) {
    case 'day':
      return midnight
    case 'week':
      // ISO 8601: a week begins on Monday.
      return midnight - ((date.getUTCDay() + 6) % 7) * DAY_MS
    case 'month':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
    case 'year':
      return Date.UTC(date.getUTCFullYear(), 0)
  }
}

function nextLocal(interval: CalendarInterval, localMs: number): number {
  const date = new Date(localMs)
  switch (interval) {
    case 'day':
      return localMs + DAY_MS
    case 'week':
      return localMs + 7 * DAY_MS
    case 'month':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)
    case 'year':
      return Date.UTC(date.getUTCFullYear() + 1, 0)
  }
}
