import type { Transaction } from '../../store/transaction.ts'
import { operation } from '../operation.ts'

export const retrieveBalance = operation({
  name: 'balance.retrieve',
  method: 'GET',
  path: '/v1/balance',
  read: () => undefined,
  run: (tx) => {
    const { available, pending } = sumBalance(tx)
    const body = {
      object: 'balance',
      available: toList(available),
      livemode: false,
      pending: toList(pending),
      refund_and_dispute_prefunding: { available: [], pending: [] },
    }
    return { body }
  },
})

type Sums = Map<string, number>

/** Per currency: what may be paid out, and what will be. */
export function sumBalance(tx: Transaction): { available: Sums; pending: Sums } {
  const available: Sums = new Map()
  const pending: Sums = new Map()
  for (const one of tx.state.oldest('balance_transaction')) {
    const [to, other] = one.available <= tx.nowSeconds ? [available, pending] : [pending, available]
    to.set(one.currency, (to.get(one.currency) ?? 0) + one.amount - one.fee)
    if (!other.has(one.currency)) other.set(one.currency, 0)
  }
  return { available, pending }
}

function toList(sums: Sums) {
  const shown = sums.size === 0 ? new Map([['usd', 0]]) : sums
  return [...shown].map(([currency, amount]) => ({
    amount,
    currency,
    source_types: { card: amount },
  }))
}
