import type { Movement } from '../../domain/money-facts.ts'
import {
  captureMovement,
  chargeTransactionMovements,
  disputeMovements,
  refundMovements,
} from '../../ledger/rules.ts'
import type { ProjectedPayment } from './payment.ts'

/** Everything the ledger has to say of a payment. */
export function paymentMovements(payment: ProjectedPayment): Movement[] {
  const captureOf = new Map(payment.captures.map((capture) => [capture.reference, capture]))
  return [
    ...payment.captures.map(captureMovement),
    ...payment.balanceTransactions.flatMap((transaction) =>
      chargeTransactionMovements(transaction, captureOf.get(transaction.ownerReference)),
    ),
    ...payment.refunds.flatMap(refundMovements),
    ...payment.disputes.flatMap(disputeMovements),
  ]
}
