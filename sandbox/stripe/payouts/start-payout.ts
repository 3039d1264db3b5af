import type { Payout } from '../../store/records.ts'
import type { Transaction } from '../../store/transaction.ts'

const ARRIVAL_SECONDS = 24 * 3600

type NewPayout = Pick<
  Payout,
  'amount' | 'currency' | 'method' | 'destination' | 'automatic' | 'metadata' | 'extra'
>

export function startPayout(tx: Transaction, fields: NewPayout): Payout {
  const fresh = tx.create('payout', {
    ...fields,
    status: 'pending',
    arrival: tx.nowSeconds + ARRIVAL_SECONDS,
    balance: null,
    failureBalance: null,
    failureCode: null,
  })
  const booked = tx.create('balance_transaction', {
    type: 'payout',
    amount: -fresh.amount,
    fee: 0,
    currency: fresh.currency,
    source: fresh.id,
    available: tx.nowSeconds,
    description: 'STRIPE PAYOUT',
    payout: fresh.automatic ? fresh.id : null,
  })
  const payout = tx.change('payout', fresh, { balance: booked.id })
  tx.emit('payout.created', 'payout', payout)
  tx.after(tx.timing.payoutDelaySeconds, 'move_payout', payout.id)
  return payout
}
