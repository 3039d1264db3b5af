import { mergeMetadata } from '../../http/params.ts'
import { operation, show } from '../operation.ts'

export const updateRefund = operation({
  name: 'refunds.update',
  method: 'POST',
  path: '/v1/refunds/:id',
  read: (params) => params.metadata(),
  run: (tx, metadata, id) => {
    const refund = tx.get('refund', id)
    const updated = tx.change('refund', refund, {
      metadata: mergeMetadata(refund.metadata, metadata),
    })
    tx.emit('refund.updated', 'refund', updated)
    tx.emit('charge.refund.updated', 'refund', updated)
    return show('refund', updated)
  },
})
