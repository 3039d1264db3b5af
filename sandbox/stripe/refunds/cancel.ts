import { refused } from '../errors.ts'
import { operation, show } from '../operation.ts'
import { returnRefund } from './return-refund.ts'
import { tell } from './settle-refund.ts'

/** A refund that has not reached the bank yet. Stripe is stricter: only some bank transfers get there. */
export const cancelRefund = operation({
  name: 'refunds.cancel',
  method: 'POST',
  path: '/v1/refunds/:id/cancel',
  read: () => undefined,
  run: (tx, _, id) => {
    const refund = tx.get('refund', id)
    if (refund.status !== 'pending')
      throw refused(
        `Refund ${id} cannot be canceled because its status is ${refund.status}.`,
        'refund_not_cancelable',
      )
    const canceled = returnRefund(tx, refund, { status: 'canceled' })
    tell(tx, canceled, refund.status)
    return show('refund', canceled)
  },
})
