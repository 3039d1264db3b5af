/**
 * The HTTP server: limits, ids, authentication, errors and one log line a request; what it serves are plugins.
 *
 * In: narrow callbacks. Out: a Fastify instance that is not listening yet.
 * Promise: every error leaves as application/problem+json with a code of the catalogue, and never with a stack.
 */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyInstance, type FastifyPluginAsync } from 'fastify'
import { type TraceContext, traceIdOfRequest } from '../telemetry/traceparent.ts'
import type { Tracing } from '../telemetry/tracing.ts'
import { type Authenticate, requireAuthentication } from './authentication.ts'
import { answerClientError } from './client-error.ts'
import { answerErrors } from './error-answers.ts'
import { readBodies } from './read-bodies.ts'
import { correlationIdOf, saneId, traceContextOf } from './request-ids.ts'
import { type Log, logRequests, type RecordRequest } from './request-log.ts'
import { traceRequests } from './request-trace.ts'
import { errorDocs } from './routes/error-docs.ts'
import { validatorCompiler } from './validator-compiler.ts'

declare module 'fastify' {
  interface FastifyRequest {
    correlationId: string
    /** of the caller's trace, of ours, or following from the request id */
    traceId: string
    /** the step that what this request causes comes after; undefined where no trace is kept */
    traceContext: TraceContext | undefined
    /** code of the error the request was answered with */
    errorCode: string | undefined
  }
}

export type ServerDeps = {
  log: Log
  authenticate: Authenticate
  newRequestId: () => string
  recordRequest: RecordRequest
  /** absent: the caller's trace is handed on, and no step is added */
  tracing?: Tracing | undefined
  /** address users reach this instance at; without it, the one each request came to */
  publicUrl?: string
  /** encapsulated: what one adds, the others do not see */
  routes: readonly FastifyPluginAsync[]
  timeouts?: Partial<ServerTimeouts>
  /** connections open at once; one more is closed as soon as it comes */
  connectionCountMax?: number
  /** networks whose `X-Forwarded-For` is believed; none by default */
  trustedProxies?: readonly string[]
}

export type ServerTimeouts = {
  /** until all headers are here */
  headersMs: number
  /** until the whole request is here */
  requestMs: number
  /** a connection on which nothing moves at all; longer than the slowest answer, a payment's 12 s */
  silenceMs: number
  /** an idle connection between two requests; longer than the usual 60 s of load balancers in front */
  keepAliveMs: number
}

const defaultTimeouts: ServerTimeouts = {
  headersMs: 10_000,
  requestMs: 30_000,
  silenceMs: 35_000,
  keepAliveMs: 72_000,
}
const JSON_BODY_BYTES_MAX = 1_048_576
/** A waiting connection takes about 12 KB and a descriptor; the database's sockets need some of those, too. */
const CONNECTION_COUNT_MAX = 10_000
/** A provider's own id has up to 255 characters, each of which may be written as three. */
const PATH_PARAMETER_LENGTH_MAX = 765
/** Node looks for expired requests this often; its default of 30 s would make the bounds above meaningless. */
const TIMEOUT_CHECK_MS = 1_000

export function createServer(deps: ServerDeps): FastifyInstance {
  const timeouts = { ...defaultTimeouts, ...deps.timeouts }
  const app = Fastify({
    bodyLimit: JSON_BODY_BYTES_MAX,
    routerOptions: { maxParamLength: PATH_PARAMETER_LENGTH_MAX },
    connectionTimeout: timeouts.silenceMs,
    requestTimeout: timeouts.requestMs,
    keepAliveTimeout: timeouts.keepAliveMs,
    http: {
      headersTimeout: timeouts.headersMs,
      connectionsCheckingInterval: Math.min(TIMEOUT_CHECK_MS, timeouts.headersMs),
    },
    // In-flight requests end, idle connections close at once: a deploy waits for nobody who is not served.
    forceCloseConnections: 'idle',
    requestIdHeader: false,
    trustProxy: deps.trustedProxies?.length ? [...deps.trustedProxies] : false,
    genReqId: (request) => saneId(request.headers['x-request-id']) ?? deps.newRequestId(),
    clientErrorHandler: (error, socket) => {
      const requestId = deps.newRequestId()
      const code = answerClientError(error, socket, requestId)
      deps.log.info({ request_id: requestId, code, reason: error.message }, 'request refused')
    },
  }).withTypeProvider<TypeBoxTypeProvider>()

  app.server.maxConnections = deps.connectionCountMax ?? CONNECTION_COUNT_MAX
  app.setValidatorCompiler(validatorCompiler)
  identifyRequests(app)
  if (deps.tracing !== undefined) traceRequests(app, deps.tracing)
  logRequests(app, deps.log, deps.recordRequest)
  answerErrors(app, deps.log, deps.publicUrl)
  requireAuthentication(app, deps.authenticate)
  readBodies(app)
  for (const route of [errorDocs, ...deps.routes]) void app.register(route)
  return app
}

function identifyRequests(app: FastifyInstance): void {
  app.decorateRequest('correlationId', '')
  app.decorateRequest('traceId', '')
  app.decorateRequest('traceContext', undefined)
  app.decorateRequest('errorCode', undefined)
  app.addHook('onRequest', (request, reply, done) => {
    const given = traceContextOf(request.headers)
    request.traceContext = given
    request.traceId = given?.traceId ?? traceIdOfRequest(request.id)
    request.correlationId = correlationIdOf(request.headers, {
      traceId: given?.traceId,
      requestId: request.id,
    })
    reply.header('x-request-id', request.id)
    done()
  })
}
