import { DomainError } from '../domain/errors.ts'
import { OWN_USER_AGENT } from '../domain/provider-event.ts'
import { traceIdOf } from '../telemetry/traceparent.ts'
import {
  type ReceiveDeps,
  type ReceivedWebhook,
  receiveWebhook,
  type WebhookDelivery,
} from './receive.ts'

/** The part of a logger the intake uses. */
export type WebhookLog = {
  info(fields: object, message: string): void
  error(fields: object, message: string): void
}
/** An event that is stored, or was before. */
export type StoredWebhook = {
  id: string
  providerEventId: string
  provider: string
  type: string
  status: ReceivedWebhook['status']
  requestId: string
  correlationId: string
  traceId: string
  /** from the beginning of its receipt to its commit */
  durationMs: number
}
export type WebhookTelemetry = {
  /** told after the commit */
  webhookEvent(event: StoredWebhook): void
  /** told of every delivery that was refused or could not be kept */
  refused(refusal: { code: string; message: string }): void
  signatureFailure(labels: { provider: string; code: string }): void
}
export type AnswerWebhookDeps = {
  receive: Omit<ReceiveDeps, 'onVerified'>
  log: WebhookLog
  telemetry: WebhookTelemetry
}

/** What a provider is answered with, status 200; the body is JSON. */
export type WebhookAnswer = { contentType: string; body: string }

const contentType = 'application/json; charset=utf-8'
const received = JSON.stringify({ received: true })
const alreadyProcessed = JSON.stringify({
  received: true,
  duplicate: true,
  message: 'already processed',
})

/**
 * Receives one delivery, tells log and metrics of it, and says what to answer, whoever holds the socket.
 * @param context fields that every line of this request carries
 * @throws DomainError when the delivery is refused, or could not be kept and shall be sent again
 */
export async function answerWebhook(
  deps: AnswerWebhookDeps,
  delivery: WebhookDelivery,
  context: Record<string, string>,
): Promise<WebhookAnswer> {
  const { provider } = delivery
  const startedAt = performance.now()
  try {
    const result = await receiveWebhook(withLog(deps, context), delivery)
    const durationMs = performance.now() - startedAt
    recordResult(deps, delivery, context, result, durationMs)
    const isRepeat = result.status === 'duplicate' || result.status === 'replayed'
    return { contentType, body: isRepeat ? alreadyProcessed : received }
  } catch (error) {
    deps.telemetry.refused(refusalOf(error))
    if (error instanceof DomainError && isSignatureFailure(error.code)) {
      // A probe of ours with a wrong secret says nothing of the provider's, and its count would alarm the next probe.
      const isOurs = delivery.headers['user-agent'] === OWN_USER_AGENT
      deps.telemetry.signatureFailure({ provider, code: isOurs ? 'self_test' : error.code })
    }
    throw error
  }
}

/** Each event is logged before its transaction begins. */
function withLog(
  { receive, log }: AnswerWebhookDeps,
  context: Record<string, string>,
): ReceiveDeps {
  return {
    ...receive,
    onVerified: ({ provider }, { eventId, type }) => {
      log.info({ ...context, provider, event_id: eventId, type }, 'webhook received')
    },
  }
}

function recordResult(
  { telemetry, log }: AnswerWebhookDeps,
  { provider, requestId, correlationId, traceContext }: WebhookDelivery,
  context: Record<string, string>,
  { status, envelope, inboxEventId }: ReceivedWebhook,
  durationMs: number,
): void {
  const { eventId: providerEventId, type } = envelope
  const named = { id: inboxEventId, providerEventId, provider, type }
  const traceId = traceIdOf({ traceContext: traceContext ?? null, requestId })
  telemetry.webhookEvent({ ...named, status, requestId, correlationId, traceId, durationMs })
  if (status !== 'collision') return
  const fields = { ...context, provider, event_id: envelope.eventId, inboxEventId }
  log.error(fields, 'webhook kept aside: its event id is known with other content')
}

function refusalOf(error: unknown): { code: string; message: string } {
  return error instanceof DomainError
    ? { code: error.code, message: error.public }
    : { code: 'internal_error', message: 'the webhook could not be received' }
}

function isSignatureFailure(code: string): boolean {
  return code.startsWith('signature_') || code === 'timestamp_outside_tolerance'
}
