import type Stripe from 'stripe'
import type { BalanceTransaction } from '../store/records.ts'

const categories: Readonly<Record<BalanceTransaction['type'], string>> = {
  charge: 'charge',
  refund: 'refund',
  refund_failure: 'refund_failure',
  adjustment: 'dispute',
  payout: 'payout',
  payout_failure: 'payout_reversal',
}

/** `available` or `pending` is a question of the time it is asked. */
export function presentBalanceTransaction(
  one: BalanceTransaction,
  nowSeconds: number,
): Stripe.BalanceTransaction {
  const isReversal = one.type === 'adjustment' && one.amount > 0
  return {
    id: one.id,
    object: 'balance_transaction',
    amount: one.amount,
    available_on: one.available,
    balance_type: 'payments',
    created: one.created,
    currency: one.currency,
    description: one.description,
    exchange_rate: null,
    fee: one.fee,
    fee_details:
      one.fee === 0
        ? []
        : [
            {
              amount: one.fee,
              application: null,
              currency: one.currency,
              description: one.type === 'adjustment' ? 'Dispute fee' : 'Stripe processing fees',
              type: 'stripe_fee',
            },
          ],
    net: one.amount - one.fee,
    reporting_category: isReversal ? 'dispute_reversal' : categories[one.type],
    source: one.source,
    status: one.available <= nowSeconds ? 'available' : 'pending',
    type: one.type,
  }
}
