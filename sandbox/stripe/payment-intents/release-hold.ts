import type { Charge } from '../../store/records.ts'
import type { Transaction } from '../../store/transaction.ts'

/**
 * Lets go of what was held and not taken. Stripe counts it in `amount_refunded` and lists a refund for it, although
 * no money moved; it is no event and no effect.
 */
export function releaseHold(tx: Transaction, charge: Charge, amount: number): Charge {
  tx.create('refund', {
    charge: charge.id,
    intent: charge.intent,
    amount,
    currency: charge.currency,
    status: 'succeeded',
    reason: charge.expired ? 'expired_uncaptured_charge' : null,
    failureReason: null,
    balance: null,
    failureBalance: null,
    isRelease: true,
    metadata: {},
  })
  return tx.change('charge', charge, { refunded: charge.refunded + amount })
}
