import type { EventRecord } from '../store/records.ts'

type Shown = { readonly about: object; readonly pending: number; readonly apiVersion: string }

export function presentEvent(event: EventRecord, { about, pending, apiVersion }: Shown): object {
  return {
    id: event.id,
    object: 'event',
    api_version: apiVersion,
    created: event.created,
    data: {
      object: about,
      ...(event.previous !== null && { previous_attributes: event.previous }),
    },
    livemode: false,
    pending_webhooks: pending,
    request: { id: event.requestId, idempotency_key: event.key },
    type: event.type,
  }
}
