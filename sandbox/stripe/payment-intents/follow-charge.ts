/** What a captured charge has coming: its fee, a little later, and with some cards a dispute or a fraud warning. */
import type { Charge } from '../../store/records.ts'
import type { Transaction } from '../../store/transaction.ts'
import { cardOf } from '../payment-methods.ts'

export function followCharge(tx: Transaction, charge: Charge): void {
  const [least, most] = tx.timing.feeDelaySeconds
  tx.after(tx.chance.between('fee_delay', charge.n, least, most), 'book_charge', charge.id)
  const { behavior } = cardOf(tx.get('payment_method', charge.method))
  if (behavior === 'dispute' || behavior === 'inquiry' || behavior === 'two_disputes')
    tx.after(tx.timing.disputeDelaySeconds, 'open_dispute', charge.id)
  if (behavior === 'fraud_warning') {
    const warning = tx.create('early_fraud_warning', { charge: charge.id, intent: charge.intent })
    tx.emit('radar.early_fraud_warning.created', 'early_fraud_warning', warning)
  }
}
