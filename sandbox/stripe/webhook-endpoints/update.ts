import { mergeMetadata } from '../../http/params.ts'
import { operation, show } from '../operation.ts'
import { findEndpoint } from './find-endpoint.ts'
import { readTypes, readUrl } from './read-endpoint.ts'

export const updateEndpoint = operation({
  name: 'webhook_endpoints.update',
  method: 'POST',
  path: '/v1/webhook_endpoints/:id',
  read: (params) => {
    const url = params.text('url')
    return {
      url: url === undefined ? undefined : readUrl(url),
      types: readTypes(params),
      disabled: params.flag('disabled'),
      description: params.text('description'),
      metadata: params.metadata(),
    }
  },
  run: (tx, { url, types, disabled, description, metadata }, id) => {
    const endpoint = findEndpoint(tx, id)
    const updated = tx.change('webhook_endpoint', endpoint, {
      url: url ?? endpoint.url,
      types: types ?? endpoint.types,
      enabled: disabled === undefined ? endpoint.enabled : !disabled,
      description: description ?? endpoint.description,
      metadata: mergeMetadata(endpoint.metadata, metadata),
    })
    return show('webhook_endpoint', updated)
  },
})
