import { type Interval, intervals, PERIOD_COUNT_MAX, periodStartAt } from '../revenue/periods.ts'
import { type RevenueQuestion, readRevenue } from '../revenue/read-revenue.ts'
import type { RevenueItem } from '../revenue/revenue-items.ts'
import { findTimeZone } from '../revenue/time-zone.ts'
import { formatTable } from './format-table.ts'
import { defineCommand } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import { UsageError } from './frame/failures.ts'
import { openScope } from './open-scope.ts'
import { readCurrency, readRange } from './read-options.ts'
import { amountOf } from './render-amount.ts'
import { scopeOptions, timeOptions } from './shared-options.ts'

export const revenueCommand = defineCommand({
  name: 'revenue',
  summary: 'Show revenue per currency and period of activity.',
  description:
    'Amounts have the decimals of their currency and are never summed across currencies. JSON has the items of GET /revenue, in minor units.',
  options: {
    from: {
      summary:
        'at or after: 2026-01-31 (from its beginning in --timezone), 2026-01-31T08:00:00Z, or an age such as 90m, 12h, 7d',
      value: '<time>',
    },
    to: timeOptions.to,
    currency: { summary: 'one currency; without it, each by itself', value: '<code>' },
    interval: {
      summary: 'length of a period',
      value: '<period>',
      choices: intervals,
      fallback: 'total',
    },
    timezone: {
      summary: 'IANA name of the zone whose days --from, --to and the periods begin by',
      value: '<zone>',
      fallback: 'UTC',
    },
    ...scopeOptions,
  },
  examples: [
    ['payonce revenue', 'everything so far'],
    ['payonce revenue --interval month --timezone Europe/Berlin --currency EUR', 'by month'],
    ['payonce revenue --from 7d --interval day --json', 'for a program'],
  ],
  run: async (call) => {
    const { values, output } = call
    const zone = findTimeZone(values.timezone)
    if (zone === undefined) {
      throw new UsageError(
        `--timezone ${values.timezone}: must be an IANA name such as Europe/Berlin`,
      )
    }
    const interval = values.interval as Interval
    const question = {
      ...readRange(values, zone),
      currency: readCurrency('--currency', values.currency),
      interval,
      zone,
    }
    const { database, scope } = await openScope(call)
    const answer = await readRevenue(database, scope, question)
    if (answer.outcome === 'too_many_periods') {
      throw new UsageError(`--interval ${interval} makes more than ${PERIOD_COUNT_MAX} periods`)
    }
    if (output.json) output.document({ items: answer.items })
    else if (answer.items.length === 0) output.line('No revenue in this time.')
    else {
      output.line(renderItems(answer.items, { interval, timezone: zone.name }))
      for (const cut of listCuts(answer.items, question)) output.note(cut)
    }
    return exitCodes.done
  },
})

const amounts = ['GROSS', 'FEES', 'REFUNDS', 'DISPUTES', 'NET']

function renderItems(
  items: RevenueItem[],
  { interval, timezone }: { interval: Interval; timezone: string },
): string {
  const withPeriod = interval !== 'total'
  const header = [...(withPeriod ? ['PERIOD'] : []), 'CURRENCY', 'COUNT', ...amounts]
  const rows = items.map((item) => [
    ...(withPeriod ? [periodName(item.period_start, interval, timezone)] : []),
    item.currency,
    `${item.count}`,
    amountOf(item.gross_cents, item.currency),
    // A fee nobody has told of yet is no fee of zero.
    `${amountOf(item.fees_cents, item.currency)}${item.fees_pending === 0n ? '' : ` (+${item.fees_pending} pending)`}`,
    amountOf(item.refunds_cents, item.currency),
    amountOf(item.disputes_cents, item.currency),
    amountOf(item.net_cents, item.currency),
  ])
  return formatTable(header, rows, ['COUNT', ...amounts])
}

/** A range that begins or ends inside a period shows less than the period had, and nothing in its name says so. */
function listCuts(items: RevenueItem[], { from, to, interval, zone }: RevenueQuestion): string[] {
  if (interval === 'total') return []
  const cut = (at: Date | undefined, how: 'begins' | 'ends') => {
    if (at === undefined || at.getTime() > Date.now()) return []
    const startMs = periodStartAt(interval, zone, at.getTime())
    const start = new Date(startMs).toISOString()
    if (startMs === at.getTime() || !items.some((item) => item.period_start === start)) return []
    const option = how === 'begins' ? '--from' : '--to'
    return [
      `${periodName(start, interval, zone.name)} is cut: ${option} ${how} it at ${at.toISOString()}.`,
    ]
  }
  return [...cut(from, 'begins'), ...cut(to, 'ends')]
}

/** A period as the calendar of its zone names it. */
function periodName(start: string | null, interval: Interval, timeZone: string): string {
  if (start === null) return ''
  const day = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(
    new Date(start),
  )
  if (interval === 'year') return day.slice(0, 4)
  return interval === 'month' ? day.slice(0, 7) : day
}
