import { mergeMetadata } from '../../http/params.ts'
import { operation, show } from '../operation.ts'

export const updateCharge = operation({
  name: 'charges.update',
  method: 'POST',
  path: '/v1/charges/:id',
  read: (params) => ({
    metadata: params.metadata(),
    extra: params.extra('description', 'receipt_email', 'shipping', 'transfer_group'),
  }),
  run: (tx, { metadata, extra }, id) => {
    const charge = tx.get('charge', id)
    const updated = tx.change('charge', charge, {
      metadata: mergeMetadata(charge.metadata, metadata),
      extra: { ...charge.extra, ...extra },
    })
    tx.emit('charge.updated', 'charge', updated)
    return show('charge', updated)
  },
})
