/**
 * Revenue: what was captured, refunded, disputed and charged in fees, per currency and period of activity.
 *
 * In: a range, an interval, a time zone. Out: one item per currency and period, never summed across currencies.
 * Promise: equal to a sum over the journal, read from one moment, at the cost of the days, hours and buckets its periods begin and end in.
 * Imports store and domain only.
 */
import type { Currency } from '../domain/currencies.ts'
import type { Database } from '../store/db.ts'
import type { Scope } from '../store/list-page.ts'
import { type ActivityStretch, readActivity, readActivityExtent } from '../store/revenue.ts'
import { readSnapshot } from '../store/snapshot.ts'
import { type Interval, periodStarts, type Range } from './periods.ts'
import { BUCKET_MS, planReads, type Stretch } from './plan-reads.ts'
import { type RevenueItem, revenueItems } from './revenue-items.ts'
import type { TimeZone } from './time-zone.ts'

export type RevenueQuestion = {
  /** undefined: from the beginning */
  from: Date | undefined
  /** undefined: until now */
  to: Date | undefined
  currency: Currency | undefined
  interval: Interval
  zone: TimeZone
}
export type RevenueAnswer =
  | { outcome: 'read'; items: RevenueItem[] }
  | { outcome: 'too_many_periods' }

export function readRevenue(
  database: Pick<Database, 'transaction'>,
  scope: Scope,
  question: RevenueQuestion,
): Promise<RevenueAnswer> {
  return readSnapshot(database, async (tx) => {
    const extent = await readActivityExtent(tx, scope, question.currency)
    if (extent.first === null || extent.last === null) return { outcome: 'read', items: [] }
    // Beyond the activity there is nothing to find, so no period is made there.
    const range: Range = {
      fromMs: Math.max(question.from?.getTime() ?? -Infinity, extent.first.getTime()),
      toMs: Math.min((question.to ?? extent.now).getTime(), extent.last.getTime() + BUCKET_MS),
    }
    if (range.fromMs >= range.toMs) return { outcome: 'read', items: [] }
    const starts = startsOf(question, range)
    if (starts === undefined) return { outcome: 'too_many_periods' }
    const plan = planReads(range, starts)
    const activity = await readActivity(tx, scope, {
      currency: question.currency,
      days: plan.days.map(withInstants),
      hours: plan.hours.map(withInstants),
      buckets: plan.buckets.map(withInstants),
      edges: plan.edges.map(withInstants),
    })
    return { outcome: 'read', items: revenueItems(activity, labelOf(question, starts)) }
  })
}

function startsOf({ interval, zone }: RevenueQuestion, range: Range): number[] | undefined {
  return interval === 'total' ? [range.fromMs] : periodStarts(interval, zone, range)
}

/** A total began where the question did; the beginning of everything has no name. */
function labelOf({ interval, from }: RevenueQuestion, starts: number[]) {
  return (period: number): string | null => {
    if (interval === 'total') return from?.toISOString() ?? null
    const start = starts[period]
    return start === undefined ? null : new Date(start).toISOString()
  }
}

function withInstants({ fromMs, toMs, period }: Stretch): ActivityStretch {
  return { from: new Date(fromMs), to: new Date(toMs), period }
}
