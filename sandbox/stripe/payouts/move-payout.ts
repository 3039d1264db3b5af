import type { Payout } from '../../store/records.ts'
import type { Transaction } from '../../store/transaction.ts'

/** A bank account that takes nothing. */
const FAILING_DESTINATION = 'ba_sandbox_fails'

/** One step to the bank: on its way, then there, or sent back. */
export function movePayout(tx: Transaction, id: string): void {
  const payout = tx.get('payout', id)
  if (payout.status === 'pending') {
    const moving = tx.change('payout', payout, { status: 'in_transit' })
    tx.emit('payout.updated', 'payout', moving, { status: 'pending' })
    tx.after(tx.timing.payoutDelaySeconds, 'move_payout', id)
  } else if (payout.status === 'in_transit') {
    if (payout.destination === FAILING_DESTINATION) failPayout(tx, payout)
    else tx.emit('payout.paid', 'payout', tx.change('payout', payout, { status: 'paid' }))
  }
}

function failPayout(tx: Transaction, payout: Payout): void {
  const { id: failureBalance } = tx.create('balance_transaction', {
    type: 'payout_failure',
    amount: payout.amount,
    fee: 0,
    currency: payout.currency,
    source: payout.id,
    available: tx.nowSeconds,
    description: 'PAYOUT FAILURE',
    payout: null,
  })
  const failed = tx.change('payout', payout, {
    status: 'failed',
    failureBalance,
    failureCode: 'account_closed',
  })
  tx.emit('payout.failed', 'payout', failed)
}
