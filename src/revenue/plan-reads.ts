import type { Range } from './periods.ts'

export const BUCKET_MS = 15 * 60 * 1000

/** A stretch shorter than a bucket, and the number of the period it belongs to. */
export type Edge = Range & { period: number }
/**
 * What to read from where. Buckets in `range` whole, but for those in `cutBuckets`, which a boundary cuts: of these
 * the parts in `edges` come from the journal itself.
 */
export type ReadPlan = { range: Range; cutBuckets: number[]; edges: Edge[] }

/** @param starts where periods begin, ascending; the first is not after `range.fromMs` */
export function planReads(range: Range, starts: number[]): ReadPlan {
  const { fromMs, toMs } = range
  const cuts = [fromMs, ...starts.filter((start) => start > fromMs && start < toMs), toMs]
  const cutBuckets = [...new Set(cuts.filter((cut) => cut % BUCKET_MS !== 0).map(bucketOf))]
  const edges = cutBuckets.flatMap((bucket) => {
    const inside = cuts.filter((cut) => cut > bucket && cut < bucket + BUCKET_MS)
    const points = [Math.max(bucket, fromMs), ...inside, Math.min(bucket + BUCKET_MS, toMs)]
    return points.slice(1).flatMap((end, index) => {
      const begin = points[index] ?? end
      return begin < end ? [{ fromMs: begin, toMs: end, period: periodAt(starts, begin) }] : []
    })
  })
  return {
    range: { fromMs: bucketOf(fromMs), toMs: bucketOf(toMs - 1) + BUCKET_MS },
    cutBuckets,
    edges,
  }
}

function bucketOf(atMs: number): number {
  return Math.floor(atMs / BUCKET_MS) * BUCKET_MS
}

function periodAt(starts: number[], atMs: number): number {
  return starts.findLastIndex((start) => start <= atMs)
}
