import { list } from '../list.ts'
import { operation, show } from '../operation.ts'
import { findEndpoint } from './find-endpoint.ts'

export const retrieveEndpoint = operation({
  name: 'webhook_endpoints.retrieve',
  method: 'GET',
  path: '/v1/webhook_endpoints/:id',
  read: () => undefined,
  run: (tx, _, id) => show('webhook_endpoint', findEndpoint(tx, id)),
})

export const listEndpoints = list({
  kind: 'webhook_endpoint',
  name: 'webhook_endpoints',
  path: '/v1/webhook_endpoints',
  filter: () => undefined,
  matches: (endpoint) => !endpoint.deleted,
})
