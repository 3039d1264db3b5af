import type { BalanceTransaction } from '../../store/records.ts'
import type { Transaction } from '../../store/transaction.ts'
import { startPayout } from './start-payout.ts'

const DAY_SECONDS = 24 * 3600

/**
 * At midnight, all that is available goes to the bank, one payout per currency. Its rows then name it, so
 * `balance_transactions?payout=` adds up to it.
 */
export function payOutDaily(tx: Transaction): void {
  tx.after(DAY_SECONDS, 'pay_out_daily', 'daily')
  const byCurrency = new Map<string, BalanceTransaction[]>()
  for (const one of tx.state.oldest('balance_transaction')) {
    if (one.payout !== null || one.available > tx.nowSeconds) continue
    const rows = byCurrency.get(one.currency)
    if (rows === undefined) byCurrency.set(one.currency, [one])
    else rows.push(one)
  }
  for (const [currency, rows] of byCurrency) {
    const amount = rows.reduce((sum, row) => sum + row.amount - row.fee, 0)
    // A debt waits for the charges that pay it.
    if (amount <= 0) continue
    const payout = startPayout(tx, {
      amount,
      currency,
      method: 'standard',
      destination: 'ba_sandbox',
      automatic: true,
      metadata: {},
      extra: {},
    })
    for (const row of rows) tx.change('balance_transaction', row, { payout: payout.id })
  }
}
