const DAY_MS = 24 * 60 * 60 * 1000
const NAME = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/
const ZONES_KEPT_MAX = 64

/** Local time of an IANA time zone. A local time is written as the milliseconds a clock in UTC would show it at. */
export type TimeZone = {
  name: string
  localOf(atMs: number): number
  /** the first instant that shows `localMs` or later */
  startOf(localMs: number): number
}

const zones = new Map<string, TimeZone>()

/** Undefined: there is no zone of this name. */
export function findTimeZone(name: string): TimeZone | undefined {
  const known = zones.get(name)
  if (known !== undefined) return known
  const zone = createTimeZone(name)
  if (zone !== undefined && zones.size < ZONES_KEPT_MAX) zones.set(name, zone)
  return zone
}

function createTimeZone(name: string): TimeZone | undefined {
  // Offsets such as +05:07 are no names, and Intl accepts them.
  if (!NAME.test(name)) return undefined
  const format = findFormat(name)
  if (format === undefined) return undefined
  const localOf = (atMs: number) => {
    const part: Record<string, number> = {}
    for (const { type, value } of format.formatToParts(atMs)) part[type] = Number(value)
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
    const milliseconds = ((atMs % 1000) + 1000) % 1000
    return Date.UTC(year, month - 1, day, hour, minute, second, milliseconds)
  }
  const startOf = (localMs: number) => {
    const offsets = [localMs - DAY_MS, localMs + DAY_MS].map((atMs) => localOf(atMs) - atMs)
    const candidates = offsets.map((offset) => localMs - offset).sort((a, b) => a - b)
    // A clock set back shows the time twice: the earlier one counts.
    const shown = candidates.find((atMs) => localOf(atMs) === localMs)
    if (shown !== undefined) return shown
    // A clock set forward never shows it: the moment it is set forward counts.
    let [before = localMs, after = localMs] = candidates
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2)
      if (localOf(middle) < localMs) before = middle
      else after = middle
    }
    return after
  }
  return { name, localOf, startOf }
}

function findFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch (error) {
    // Intl has no other way to say that it does not know the name.
    if (error instanceof RangeError) return undefined
    throw error
  }
}
