/** A reading lets this process tell the database's time for so long; the two clocks drift apart by less than 0.1 %. */
const READING_MS_MAX = 60_000

/** One look at the database's clock; the two other instants are of this process's monotonic clock. */
export type ClockReading = { databaseMs: number; sentAtMs: number; answeredAtMs: number }

export type DatabaseClock = {
  note(reading: ClockReading): void
  /** The database's time is not later than this; undefined while no reading is fresh enough to say. */
  latestMs(): number | undefined
}

/**
 * The clock that all processes of an installation share. Their own clocks may differ by any amount, and Redis's clock
 * can be set by whoever owns Redis; the database's is as trustworthy as its rows.
 *
 * @param nowMs a monotonic clock
 */
export function openDatabaseClock(nowMs: () => number): DatabaseClock {
  let last: ClockReading | undefined
  return {
    note: (reading) => {
      last = reading
    },
    latestMs: () => {
      if (last === undefined) return undefined
      const sinceSentMs = nowMs() - last.sentAtMs
      return sinceSentMs < READING_MS_MAX ? last.databaseMs + sinceSentMs : undefined
    },
  }
}

/** What was read then was true at this time of the database's clock, or later. */
export function earliestMs({ databaseMs, sentAtMs, answeredAtMs }: ClockReading): number {
  return databaseMs - (answeredAtMs - sentAtMs)
}
