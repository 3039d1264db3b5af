import type { Range } from './periods.ts'

export const BUCKET_MS = 15 * 60 * 1000

/** Part of a period, with the period's number. */
export type Stretch = Range & { period: number }
/** `buckets` are stretches of whole buckets, read from the folds; `edges` are shorter, read from the journal. */
export type ReadPlan = { buckets: Stretch[]; edges: Stretch[] }

/** @param starts where periods begin, ascending; the first is not after `range.fromMs` */
export function planReads(range: Range, starts: number[]): ReadPlan {
  const plan: ReadPlan = { buckets: [], edges: [] }
  const add = (to: Stretch[], fromMs: number, toMs: number, period: number) => {
    if (fromMs < toMs) to.push({ fromMs, toMs, period })
  }
  for (const [period, start] of starts.entries()) {
    const fromMs = Math.max(start, range.fromMs)
    const toMs = Math.min(starts[period + 1] ?? range.toMs, range.toMs)
    const firstBucket = Math.ceil(fromMs / BUCKET_MS) * BUCKET_MS
    const endOfBuckets = Math.floor(toMs / BUCKET_MS) * BUCKET_MS
    if (firstBucket > endOfBuckets) {
      add(plan.edges, fromMs, toMs, period)
      continue
    }
    add(plan.edges, fromMs, firstBucket, period)
    add(plan.buckets, firstBucket, endOfBuckets, period)
    add(plan.edges, endOfBuckets, toMs, period)
  }
  return plan
}
