import type { Refund } from '../../store/records.ts'
import type { Transaction } from '../../store/transaction.ts'
import { cardOf } from '../payment-methods.ts'
import { returnRefund } from './return-refund.ts'

/** The bank's late answer to a refund: with one test card it comes through, with the other it comes back. */
export function settleRefund(tx: Transaction, id: string): void {
  const refund = tx.get('refund', id)
  const charge = tx.get('charge', refund.charge)
  const { behavior } = cardOf(tx.get('payment_method', charge.method))
  if (behavior === 'refund_fails' && refund.status === 'succeeded') failRefund(tx, refund)
  if (refund.status === 'pending')
    tell(tx, tx.change('refund', refund, { status: 'succeeded' }), 'pending')
}

function failRefund(tx: Transaction, refund: Refund): void {
  const failed = returnRefund(tx, refund, {
    status: 'failed',
    failureReason: 'lost_or_stolen_card',
  })
  tx.emit('refund.failed', 'refund', failed)
  tell(tx, failed, refund.status)
}

/** Each change is told twice, under the new name and the old one. */
export function tell(tx: Transaction, refund: Refund, before: string): void {
  tx.emit('refund.updated', 'refund', refund, { status: before })
  tx.emit('charge.refund.updated', 'refund', refund, { status: before })
}
