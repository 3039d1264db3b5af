import { readClock, readClockOffset } from '../store/clock.ts'
import type { Queryable } from '../store/db.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

const SAMPLE_COUNT = 5
/** Schedules and timelines read oddly beyond this. */
const OFFSET_MS_WARN = 2_000
/** A fifth of the tolerance of signatures: a drifting clock soon refuses every webhook. */
const OFFSET_MS_FAIL = 60_000

/** Compares this machine's clock with the database's, as exactly as the quickest of a few answers allows. */
export async function checkClock(database: Queryable, nowMs: () => number): Promise<Finding> {
  const moved = await readClockOffset(database)
  if (moved !== 0) {
    return fail(
      'clock',
      `payonce_clock() is moved by ${moved} s, as only tests do: everything is stamped with a wrong time.`,
      'Set it back: update clock_offset set seconds = 0;',
    )
  }
  let best = { roundTripMs: Infinity, offsetMs: 0 }
  for (let sample = 0; sample < SAMPLE_COUNT; sample++) {
    const before = nowMs()
    const at = await readClock(database)
    const roundTripMs = nowMs() - before
    const offsetMs = at.getTime() - (before + roundTripMs / 2)
    if (roundTripMs < best.roundTripMs) best = { roundTripMs, offsetMs }
  }
  return judgeClock(best)
}

export function judgeClock(measured: { roundTripMs: number; offsetMs: number }): Finding {
  const { roundTripMs, offsetMs } = measured
  const off = Math.abs(offsetMs)
  const direction = offsetMs < 0 ? 'behind' : 'ahead of'
  const precision = `(measured to ${Math.max(1, Math.round(roundTripMs / 2))} ms)`
  const found =
    off < OFFSET_MS_WARN
      ? `The database's clock and ours agree ${precision}.`
      : `The database's clock is ${(off / 1000).toFixed(1)} s ${direction} ours ${precision}.`
  const fix = 'Set both machines by NTP; beyond 300 s every webhook is refused.'
  if (off >= OFFSET_MS_FAIL) return fail('clock', found, fix)
  return off >= OFFSET_MS_WARN ? warn('clock', found, fix) : ok('clock', found)
}
