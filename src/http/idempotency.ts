import type { FastifyReply, FastifyRequest } from 'fastify'
import { DomainError } from '../domain/errors.ts'
import type { OperationRequest } from '../payments/operation.ts'
import type { OperationAnswer } from '../payments/perform-operation.ts'
import { formatTraceContext } from '../telemetry/traceparent.ts'
import { callerOf } from './authentication.ts'

const KEY = /^[\x21-\x7e]{1,255}$/
const QUOTED_KEY = /^"((?:[^"\\]|\\["\\]){1,510})"$/

/** The caller's key, bare or as a quoted string of a structured field; undefined when there is none. */
export function readIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined
  if (typeof header !== 'string') throw new DomainError('idempotency_key_invalid')
  const quoted = QUOTED_KEY.exec(header)?.[1]
  const key = quoted === undefined ? header : quoted.replaceAll(/\\(["\\])/g, '$1')
  if (!KEY.test(key)) throw new DomainError('idempotency_key_invalid')
  return key
}

/** What makes this request the same as another one: merchant, mode, method, full path, body. */
export function operationRequestOf(
  request: FastifyRequest,
  reference: string | undefined,
): OperationRequest {
  const { merchantId, livemode, apiKeyId } = callerOf(request)
  return {
    ...{ merchantId, livemode, actor: apiKeyId, reference },
    method: request.method,
    path: request.url,
    body: request.body ?? {},
    givenKey: readIdempotencyKey(request.headers['idempotency-key']),
    requestId: request.id,
    correlationId: request.correlationId,
    traceContext: request.traceContext ? formatTraceContext(request.traceContext) : null,
  }
}

/** The stored bytes as they are; while the outcome is not known, where to look for it and when. */
export function sendAnswer(reply: FastifyReply, answer: OperationAnswer): FastifyReply {
  const { status, contentType, body, key, isReplay, paymentId, retryAfterSeconds } = answer
  reply.code(status).header('content-type', contentType).header('idempotency-key', key)
  if (status === 201 || status === 202) reply.header('location', `/payments/${paymentId}`)
  if (isReplay) reply.header('idempotency-replayed', 'true')
  if (retryAfterSeconds !== undefined) reply.header('retry-after', `${retryAfterSeconds}`)
  if (status >= 400) reply.header('cache-control', 'no-store')
  // Bytes pass as they are; text would be serialized by the route's schema and be no longer the stored answer.
  return reply.send(typeof body === 'string' ? Buffer.from(body) : body)
}
