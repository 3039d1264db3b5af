import type { Transaction } from '../../store/transaction.ts'
import { cardOf } from '../payment-methods.ts'
import { feeOf } from './fee.ts'

const AVAILABLE_SECONDS = 2 * 24 * 3600

/** The fee of a captured charge becomes known; sometimes, as at Stripe, the charge never says so. */
export function bookCharge(tx: Transaction, id: string): void {
  const charge = tx.get('charge', id)
  const amount = charge.captured ?? 0
  const isAvailable = cardOf(tx.get('payment_method', charge.method)).behavior === 'available'
  const booked = tx.create('balance_transaction', {
    type: 'charge',
    amount,
    fee: feeOf(amount, charge.currency),
    currency: charge.currency,
    source: charge.id,
    available: tx.nowSeconds + (isAvailable ? 0 : AVAILABLE_SECONDS),
    description: typeof charge.extra.description === 'string' ? charge.extra.description : null,
    payout: null,
  })
  if (tx.chance.fraction('fee_missing', charge.n) < tx.timing.feeMissingRate) return
  const told = tx.change('charge', charge, { balance: booked.id })
  tx.emit('charge.updated', 'charge', told, { balance_transaction: null })
}
