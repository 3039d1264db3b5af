import type { Range } from './periods.ts'

export const BUCKET_MS = 15 * 60 * 1000
const HOUR_MS = 4 * BUCKET_MS
const DAY_MS = 24 * HOUR_MS

/** Part of a period, with the period's number. */
export type Stretch = Range & { period: number }
/** Whole days and hours in UTC, and whole buckets, are read from the folds; `edges` are shorter, read from the journal. */
export type ReadPlan = { days: Stretch[]; hours: Stretch[]; buckets: Stretch[]; edges: Stretch[] }

/** @param starts where periods begin, ascending; the first is not after `range.fromMs` */
export function planReads(range: Range, starts: number[]): ReadPlan {
  const plan: ReadPlan = { days: [], hours: [], buckets: [], edges: [] }
  const levels = [
    { stretches: plan.days, spanMs: DAY_MS },
    { stretches: plan.hours, spanMs: HOUR_MS },
    { stretches: plan.buckets, spanMs: BUCKET_MS },
    { stretches: plan.edges, spanMs: 1 },
  ]
  for (const [period, start] of starts.entries()) {
    const fromMs = Math.max(start, range.fromMs)
    const toMs = Math.min(starts[period + 1] ?? range.toMs, range.toMs)
    addStretches(levels, { fromMs, toMs, period })
  }
  return plan
}

/** The whole spans of the first level; what is left before and after them goes to the next one. */
function addStretches(
  levels: readonly { stretches: Stretch[]; spanMs: number }[],
  { fromMs, toMs, period }: Stretch,
): void {
  const [level, ...finer] = levels
  if (level === undefined || fromMs >= toMs) return
  const { stretches, spanMs } = level
  const first = Math.ceil(fromMs / spanMs) * spanMs
  const end = Math.floor(toMs / spanMs) * spanMs
  if (first >= end) {
    addStretches(finer, { fromMs, toMs, period })
    return
  }
  addStretches(finer, { fromMs, toMs: first, period })
  stretches.push({ fromMs: first, toMs: end, period })
  addStretches(finer, { fromMs: end, toMs, period })
}
