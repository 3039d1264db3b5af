import { presentEndpoint } from '../../present/webhook-endpoint.ts'
import { invalid } from '../errors.ts'
import { operation } from '../operation.ts'
import { readTypes, readUrl } from './read-endpoint.ts'

/** The secret is shown here, and never again. */
export const createEndpoint = operation({
  name: 'webhook_endpoints.create',
  method: 'POST',
  path: '/v1/webhook_endpoints',
  read: (params) => {
    const types = readTypes(params)
    if (types === undefined)
      throw invalid(
        'Missing required param: enabled_events.',
        'enabled_events',
        'parameter_missing',
      )
    params.ignore('connect')
    return {
      url: readUrl(params.required('url')),
      types,
      description: params.text('description') ?? null,
      apiVersion: params.text('api_version') ?? null,
      metadata: params.metadata() ?? {},
    }
  },
  run: (tx, input) => {
    const n = tx.state.count('webhook_endpoint') + 1
    const secret = `whsec_${tx.chance.letters('webhook_secret', n, 32)}`
    const endpoint = tx.create('webhook_endpoint', {
      ...input,
      secret,
      enabled: true,
      deleted: false,
    })
    return { body: { ...presentEndpoint(endpoint), secret } }
  },
})
