import type { Activity } from '../store/revenue.ts'

/** One currency in one period, as it moved. Sums may pass 2^53, so they stay bigint to the last byte. */
export type RevenueItem = {
  currency: string
  period_start: string | null
  gross_cents: bigint
  fees_cents: bigint
  fees_pending: bigint
  refunds_cents: bigint
  disputes_cents: bigint
  net_cents: bigint
  count: bigint
}

/**
 * Sums activity into items, by period and then currency. One in which everything cancels is left out: whether it
 * ever had an entry depends on the order events came in, and no answer may.
 */
export function revenueItems(
  activity: Activity[],
  periodStart: (period: number) => string | null,
): RevenueItem[] {
  const items = new Map<string, { period: number; item: RevenueItem }>()
  for (const row of activity) {
    const name = `${row.period} ${row.currency}`
    const found = items.get(name) ?? {
      period: row.period,
      item: emptyItem(row.currency, periodStart(row.period)),
    }
    items.set(name, found)
    addActivity(found.item, row)
  }
  return [...items.values()]
    .filter(({ item }) => Object.values(item).some((value) => typeof value === 'bigint' && value))
    .sort((a, b) => a.period - b.period || (a.item.currency < b.item.currency ? -1 : 1))
    .map(({ item }) => item)
}

function addActivity(item: RevenueItem, { kind, ...row }: Activity): void {
  const spent = row.spentMinor
  switch (kind) {
    case 'gross_revenue':
      item.gross_cents -= spent
      item.count += row.factCount
      item.fees_pending += row.feePendingCount
      break
    case 'refunds':
      item.refunds_cents += spent
      break
    case 'disputes':
      item.disputes_cents += spent
      break
    case 'processing_fees':
    case 'dispute_fees':
      item.fees_cents += spent
      break
    case 'provider_balance':
    case 'fx':
    case 'bank':
      return
  }
  // Every account of revenue moves the net by what was spent from it; gross by what came in.
  item.net_cents -= spent
}

function emptyItem(currency: string, periodStart: string | null): RevenueItem {
  return {
    currency,
    period_start: periodStart,
    gross_cents: 0n,
    fees_cents: 0n,
    fees_pending: 0n,
    refunds_cents: 0n,
    disputes_cents: 0n,
    net_cents: 0n,
    count: 0n,
  }
}
