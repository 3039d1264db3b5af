import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { DomainError } from '../../domain/errors.ts'
import { type ReceiveDeps, type ReceivedWebhook, receiveWebhook } from '../../inbox/receive.ts'
import type { WebhookProviderName } from '../../inbox/webhook-providers.ts'
import { drainRefused } from '../drain-refused.ts'
import { contextOf, type Log } from '../request-log.ts'

export type WebhookTelemetry = {
  webhookEvent(labels: { provider: string; type: string; status: string }): void
  signatureFailure(labels: { provider: string; code: string }): void
}
export type ProviderWebhooksDeps = {
  receive: Omit<ReceiveDeps, 'onVerified'>
  log: Log
  telemetry: WebhookTelemetry
}

const received = JSON.stringify({ received: true })
const alreadyProcessed = JSON.stringify({
  received: true,
  duplicate: true,
  message: 'already processed',
})
type Params = { Params: { accountId?: string } }

/** `POST /webhooks/<provider>` and `/webhooks/<provider>/<pac_...>`: the raw bytes go to the inbox, unparsed. */
export function providerWebhooks(deps: ProviderWebhooksDeps) {
  return async (app: FastifyInstance): Promise<void> => {
    // The signature is over the bytes, so no parser may touch them.
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, _payload, done) => done(null))
    const receive =
      (provider: WebhookProviderName) => (request: FastifyRequest<Params>, reply: FastifyReply) =>
        answerDelivery(deps, provider, request, reply)
    for (const path of ['/webhooks/stripe', '/webhooks/stripe/:accountId']) {
      app.post<Params>(path, { config: { isPublic: true } }, receive('stripe'))
    }
  }
}

async function answerDelivery(
  deps: ProviderWebhooksDeps,
  provider: WebhookProviderName,
  request: FastifyRequest<Params>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  try {
    const result = await receiveWebhook(withLog(deps, request), {
      provider,
      accountId: request.params.accountId,
      headers: request.headers,
      body: request.raw.iterator({ destroyOnReturn: false }),
      contentLength: contentLengthOf(request),
      remoteAddress: request.ip,
      requestId: request.id,
      correlationId: request.correlationId,
    })
    recordResult(deps, provider, request, result)
    const isRepeat = result.status === 'duplicate' || result.status === 'replayed'
    return reply
      .type('application/json; charset=utf-8')
      .send(isRepeat ? alreadyProcessed : received)
  } catch (error) {
    drainRefused(request.raw, deps.receive.budget.pass)
    if (error instanceof DomainError && isSignatureFailure(error.code)) {
      deps.telemetry.signatureFailure({ provider, code: error.code })
    }
    throw error
  }
}

/** Each event is logged before its transaction begins. */
function withLog({ receive, log }: ProviderWebhooksDeps, request: FastifyRequest): ReceiveDeps {
  return {
    ...receive,
    onVerified: ({ provider }, { eventId, type }) => {
      log.info({ ...contextOf(request), provider, event_id: eventId, type }, 'webhook received')
    },
  }
}

function recordResult(
  { telemetry, log }: ProviderWebhooksDeps,
  provider: WebhookProviderName,
  request: FastifyRequest,
  { status, envelope, inboxEventId }: ReceivedWebhook,
): void {
  telemetry.webhookEvent({ provider, type: envelope.type, status })
  if (status !== 'collision') return
  const fields = { ...contextOf(request), provider, event_id: envelope.eventId, inboxEventId }
  log.error(fields, 'webhook kept aside: its event id is known with other content')
}

function isSignatureFailure(code: string): boolean {
  return code.startsWith('signature_') || code === 'timestamp_outside_tolerance'
}

function contentLengthOf(request: FastifyRequest): number | undefined {
  const header = request.headers['content-length']
  return header === undefined ? undefined : Number(header)
}
