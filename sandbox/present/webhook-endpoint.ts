import type Stripe from 'stripe'
import type { Endpoint } from '../store/records.ts'

export function presentEndpoint(endpoint: Endpoint): Stripe.WebhookEndpoint {
  return {
    id: endpoint.id,
    object: 'webhook_endpoint',
    api_version: endpoint.apiVersion,
    application: null,
    created: endpoint.created,
    description: endpoint.description,
    enabled_events: [...endpoint.types],
    livemode: false,
    metadata: { ...endpoint.metadata },
    status: endpoint.enabled ? 'enabled' : 'disabled',
    url: endpoint.url,
  }
}
