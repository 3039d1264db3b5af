import type { IncomingMessage } from 'node:http'
import { DomainError, errorCatalogue } from '../src/domain/errors.ts'
import { drainRefused } from '../src/http/drain-refused.ts'
import { problemHeadersOf, problemOf } from '../src/http/problem.ts'
import { correlationIdOf, saneId, traceContextOf } from '../src/http/request-ids.ts'
import type { WebhookLog } from '../src/inbox/answer-webhook.ts'
import type { ByteBudget } from '../src/inbox/byte-budget.ts'
import type { WebhookDelivery } from '../src/inbox/receive.ts'
import type { WebhookHeaders } from '../src/inbox/webhook-providers.ts'
import { formatTraceContext } from '../src/telemetry/traceparent.ts'

/** The bytes as they were sent: at once, as a stream, or as a request, of Node or of the web, that nobody has read. */
export type DeliveryBody =
  | string
  | Uint8Array
  | AsyncIterable<Uint8Array>
  | IncomingMessage
  | Request
  | null
  | undefined

type DeliveryHeaders = Headers | WebhookHeaders

export type IntakeDelivery = {
  /** refused unless it is POST, where it is given */
  method?: string | undefined
  headers: DeliveryHeaders
  body: DeliveryBody
  /** `pac_...` for the account of its own address; the environment's account unless given */
  accountId?: string | undefined
  /** who sent it; needed where `allowedNetworks` is given */
  remoteAddress?: string | undefined
}

export type IntakeAnswer = { status: number; headers: Record<string, string>; body: string }

const SERVER_ERROR = 500

export function deliveryOf(given: IntakeDelivery, newRequestId: () => string): WebhookDelivery {
  const headers = lowerCaseNames(given.headers)
  const requestId = saneId(headers['x-request-id']) ?? newRequestId()
  const length = Number(headers['content-length'])
  const trace = traceContextOf(headers)
  return {
    provider: 'stripe',
    accountId: given.accountId,
    headers,
    body: chunksOf(given.body),
    contentLength: Number.isSafeInteger(length) ? length : undefined,
    remoteAddress: given.remoteAddress ?? '',
    requestId,
    correlationId: correlationIdOf(headers, { traceId: trace?.traceId, requestId }),
    traceContext: trace && formatTraceContext(trace),
  }
}

function lowerCaseNames(headers: DeliveryHeaders): Record<string, string | string[]> {
  const entries = isIterable(headers) ? [...headers] : Object.entries(headers)
  return Object.fromEntries(
    entries.flatMap(([name, value]) => (value === undefined ? [] : [[name.toLowerCase(), value]])),
  )
}

/** Not `instanceof`: some servers bring a class of their own. */
function isIterable(headers: DeliveryHeaders): headers is Headers {
  return Symbol.iterator in headers
}

/** Lazy, so that reading begins, and fails, where a body is read. */
async function* chunksOf(body: DeliveryBody): AsyncGenerator<Buffer> {
  if (body === null || body === undefined) return
  if (typeof body === 'string') return yield Buffer.from(body)
  if (body instanceof Uint8Array) return yield asBuffer(body)
  const stream = unreadStreamOf(body)
  if (stream === undefined) throw new DomainError('body_already_read')
  for await (const chunk of stream ?? []) yield asBuffer(chunk)
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** Undefined: somebody has read it, or it is JSON that somebody has parsed. Null: there is no body. */
function unreadStreamOf(body: object): AsyncIterable<Uint8Array> | null | undefined {
  // Left alone when we stop early, for the answer leaves by the same socket.
  if (isNodeRequest(body)) {
    return body.readableDidRead ? undefined : body.iterator({ destroyOnReturn: false })
  }
  if (isWebRequest(body)) return body.bodyUsed ? undefined : body.body
  const isLocked = 'locked' in body && body.locked === true
  return isStream(body) && !isLocked ? body : undefined
}

function isStream(body: object): body is AsyncIterable<Uint8Array> {
  return Symbol.asyncIterator in body
}

function isWebRequest(body: object): body is Request {
  return 'bodyUsed' in body && 'body' in body
}

function isNodeRequest(body: object): body is IncomingMessage {
  return 'readableDidRead' in body && 'httpVersion' in body
}

/** Reads on after a refusal, so that a sender in the middle of its body sees the answer. */
export function releaseBody(body: DeliveryBody, pass: ByteBudget['pass']): void {
  if (typeof body === 'object' && body !== null && isNodeRequest(body)) drainRefused(body, pass)
}

/** Any error as the answer the server would give, and in the log when it is our fault. */
export function answerProblem(
  error: unknown,
  about: {
    requestId: string
    baseUrl: string
    context: Record<string, string>
    log: WebhookLog
  },
): IntakeAnswer {
  const known =
    error instanceof DomainError ? error : new DomainError('internal_error', { cause: error })
  if (errorCatalogue[known.code].status >= SERVER_ERROR) {
    about.log.error({ ...about.context, code: known.code, error: known }, 'request failed')
  }
  const problem = problemOf(known, about)
  const headers = {
    ...problemHeadersOf(known),
    ...(known.code === 'method_not_allowed' && { allow: 'POST' }),
    'x-request-id': about.requestId,
  }
  return { status: problem.status, headers, body: JSON.stringify(problem) }
}
