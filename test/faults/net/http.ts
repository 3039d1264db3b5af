/** The HTTP server of one process: its real routes, asked without a socket. */
import { createAuthenticate } from '../../../src/access/api-keys.ts'
import { openRecentCallers } from '../../../src/access/recent-callers.ts'
import { openMemoryCache } from '../../../src/cache/memory-cache.ts'
import { paymentOperationsRoutes } from '../../../src/http/routes/payment-operations.ts'
import { providerWebhooks } from '../../../src/http/routes/provider-webhooks.ts'
import { createServer } from '../../../src/http/server.ts'
import type { AnswerWebhookDeps } from '../../../src/inbox/answer-webhook.ts'
import type { RequestDeps } from '../../../src/payments/operation-deps.ts'
import type { Database } from '../../../src/store/db.ts'
import { newRequestId } from '../../../src/telemetry/request-context.ts'

export const apiKey = 'payonce_test_net0123456789abcdefghijklmnop'

export type HttpAnswer = {
  status: number
  headers: Record<string, unknown>
  body: string
}
export type Post = (
  path: string,
  headers: Record<string, string>,
  body: string,
) => Promise<HttpAnswer>

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

export function openHttp(deps: {
  database: Database
  payments: RequestDeps
  receive: AnswerWebhookDeps['receive']
}): Post {
  const { database, payments, receive } = deps
  const nowMs = () => performance.now()
  const layers = [{ name: 'memory', cache: openMemoryCache({ nowMs }) }]
  const telemetry = { webhookEvent: () => {}, refused: () => {}, signatureFailure: () => {} }
  const server = createServer({
    log: silent,
    authenticate: createAuthenticate({ database, recent: openRecentCallers({ layers, nowMs }) }),
    newRequestId,
    recordRequest: () => {},
    routes: [
      paymentOperationsRoutes(payments),
      providerWebhooks({ receive, log: silent, telemetry }),
    ],
  })
  return async (url, headers, payload) => {
    const given = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
    const answer = await server.inject({
      ...{ method: 'POST', url, payload },
      headers: { ...given, ...headers },
    })
    return { status: answer.statusCode, headers: answer.headers, body: answer.body }
  }
}
