import type { FactValue } from '../../../domain/facts.ts'
import { signedAmountOf } from '../amounts.ts'
import { currencyOf, integerOf, type StripeObject, textOf } from '../stripe-object.ts'

/**
 * An expanded balance transaction as one field named by its own id. Balance transactions never change, so the
 * field is never overwritten with another value. An unexpanded one (a bare id) tells no amount and gives no field.
 */
export function balanceTransactionField(
  transaction: StripeObject | undefined,
): Record<string, FactValue> {
  if (transaction === undefined) return {}
  const reference = textOf(transaction, 'id')
  const currency = currencyOf(transaction)
  const amount = signedAmountOf(transaction, 'amount', currency)
  const fee = signedAmountOf(transaction, 'fee', currency)
  const created = integerOf(transaction, 'created')
  if (
    !reference ||
    amount === undefined ||
    fee === undefined ||
    !currency ||
    created === undefined
  ) {
    return {}
  }
  return { [`balance_transaction:${reference}`]: { amount, fee, currency, created } }
}
