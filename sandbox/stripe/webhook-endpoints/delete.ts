import { operation } from '../operation.ts'
import { findEndpoint } from './find-endpoint.ts'

export const deleteEndpoint = operation({
  name: 'webhook_endpoints.delete',
  method: 'DELETE',
  path: '/v1/webhook_endpoints/:id',
  read: () => undefined,
  run: (tx, _, id) => {
    tx.change('webhook_endpoint', findEndpoint(tx, id), { deleted: true })
    return { body: { id, object: 'webhook_endpoint', deleted: true } }
  },
})
