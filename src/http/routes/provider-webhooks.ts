import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type AnswerWebhookDeps, answerWebhook } from '../../inbox/answer-webhook.ts'
import type { WebhookProviderName } from '../../inbox/webhook-providers.ts'
import { formatTraceContext } from '../../telemetry/traceparent.ts'
import { drainRefused } from '../drain-refused.ts'
import { contextOf } from '../request-log.ts'

type Params = { Params: { accountId?: string } }

/** `POST /webhooks/<provider>` and `/webhooks/<provider>/<pac_...>`: the raw bytes go to the inbox, unparsed. */
export function providerWebhooks(deps: AnswerWebhookDeps) {
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
  deps: AnswerWebhookDeps,
  provider: WebhookProviderName,
  request: FastifyRequest<Params>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const delivery = {
    provider,
    accountId: request.params.accountId,
    headers: request.headers,
    body: request.raw.iterator({ destroyOnReturn: false }),
    contentLength: contentLengthOf(request),
    remoteAddress: request.ip,
    requestId: request.id,
    correlationId: request.correlationId,
    traceContext: request.traceContext && formatTraceContext(request.traceContext),
  }
  try {
    const { contentType, body } = await answerWebhook(deps, delivery, contextOf(request))
    return reply.type(contentType).send(body)
  } catch (error) {
    drainRefused(request.raw, deps.receive.budget.pass)
    throw error
  }
}

function contentLengthOf(request: FastifyRequest): number | undefined {
  const header = request.headers['content-length']
  return header === undefined ? undefined : Number(header)
}
