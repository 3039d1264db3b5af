import { DomainError } from '../domain/errors.ts'
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
export type WebhookTelemetry = {
  webhookEvent(labels: { provider: string; type: string; status: string }): void
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
  try {
    const result = await receiveWebhook(withLog(deps, context), delivery)
    recordResult(deps, provider, context, result)
    const isRepeat = result.status === 'duplicate' || result.status === 'replayed'
    return { contentType, body: isRepeat ? alreadyProcessed : received }
  } catch (error) {
    if (error instanceof DomainError && isSignatureFailure(error.code)) {
      deps.telemetry.signatureFailure({ provider, code: error.code })
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
  provider: string,
  context: Record<string, string>,
  { status, envelope, inboxEventId }: ReceivedWebhook,
): void {
  telemetry.webhookEvent({ provider, type: envelope.type, status })
  if (status !== 'collision') return
  const fields = { ...context, provider, event_id: envelope.eventId, inboxEventId }
  log.error(fields, 'webhook kept aside: its event id is known with other content')
}

function isSignatureFailure(code: string): boolean {
  return code.startsWith('signature_') || code === 'timestamp_outside_tolerance'
}
