import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

export const webhookEventStatuses = [
  'received',
  'duplicate',
  'replayed',
  'collision',
  'ignored',
  'applied',
  'parked',
  'failed',
  'dead',
  'rejected',
] as const
export type WebhookEventStatus = (typeof webhookEventStatuses)[number]

export type WebhookMetrics = {
  /** One step in the life of a provider event. */
  webhookEvent(event: { provider: string; type: string; status: WebhookEventStatus }): void
  /** From the arrival of the request to its answer. */
  webhookProcessed(provider: string, seconds: number): void
  webhookSignatureFailed(failure: { provider: string; code: string }): void
  /** Bytes of bodies held just now, not a change of them. */
  intakeBytes(bytes: number): void
}

const ANSWER_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export function createWebhookMetrics(
  registry: Registry,
  knownTypes: ReadonlySet<string>,
): WebhookMetrics {
  const registers = [registry]
  const events = new Counter({
    name: 'webhook_events_total',
    help: 'Provider events by what became of them.',
    labelNames: ['provider', 'type', 'status'],
    registers,
  })
  const duration = new Histogram({
    name: 'webhook_processing_duration_seconds',
    help: 'Time from the arrival of a webhook to its answer.',
    labelNames: ['provider'],
    buckets: ANSWER_SECONDS,
    registers,
  })
  const signatureFailures = new Counter({
    name: 'webhook_signature_failures_total',
    help: 'Webhooks refused because a check of their signature failed.',
    labelNames: ['provider', 'code'],
    registers,
  })
  const bytesInFlight = new Gauge({
    name: 'intake_bytes_in_flight',
    help: 'Bytes of webhook bodies held in memory.',
    registers,
  })
  return {
    webhookEvent: ({ provider, type, status }) =>
      events.inc({ provider, type: knownTypes.has(type) ? type : 'other', status }),
    webhookProcessed: (provider, seconds) => duration.observe({ provider }, seconds),
    webhookSignatureFailed: (failure) => signatureFailures.inc(failure),
    intakeBytes: (bytes) => bytesInFlight.set(bytes),
  }
}
