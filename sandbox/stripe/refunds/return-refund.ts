import type { Refund } from '../../store/records.ts'
import type { Transaction } from '../../store/transaction.ts'

type Ending = Pick<Refund, 'status'> & Partial<Pick<Refund, 'failureReason'>>

/** The money of a refund comes back to the balance, and the charge may be refunded again. */
export function returnRefund(tx: Transaction, refund: Refund, ending: Ending): Refund {
  const charge = tx.get('charge', refund.charge)
  const { id: failureBalance } = tx.create('balance_transaction', {
    type: 'refund_failure',
    amount: refund.amount,
    fee: 0,
    currency: refund.currency,
    source: refund.id,
    available: tx.nowSeconds,
    description: 'REFUND FAILURE',
    payout: null,
  })
  tx.change('charge', charge, { refunded: charge.refunded - refund.amount })
  return tx.change('refund', refund, { ...ending, failureBalance })
}
