import type { FastifyInstance } from 'fastify'
import type { Span, TimedStatement, Tracing } from '../telemetry/tracing.ts'
import { tellStatements, withStatements } from '../telemetry/tracing.ts'

declare module 'fastify' {
  interface FastifyRequest {
    span: Span | undefined
    statements: TimedStatement[]
  }
}

const SERVER_ERROR = 500

/** A span a request, in the caller's trace if it has one, and one below it for each statement it sent. */
export function traceRequests(app: FastifyInstance, tracing: Tracing): void {
  app.decorateRequest('span', undefined)
  app.decorateRequest('statements')
  app.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url ?? 'unknown'
    const attributes = {
      'http.request.method': request.method,
      'http.route': route,
      'url.path': request.url.split('?', 1).join(''),
      'payonce.request_id': request.id,
      'payonce.correlation_id': request.correlationId,
    }
    const name = `${request.method} ${route}`
    const span = tracing.startSpan({
      name,
      kind: 'server',
      parent: request.traceContext,
      attributes,
    })
    request.span = span
    request.traceContext = span.context
    request.traceId = span.context.traceId
    request.statements = []
    if (span.context.sampled) withStatements(request.statements, done)
    else done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { span, errorCode } = request
    if (span !== undefined) {
      tellStatements(tracing, span.context, request.statements)
      const isOurFault = reply.statusCode >= SERVER_ERROR
      span.end({
        attributes: {
          'http.response.status_code': reply.statusCode,
          ...(errorCode !== undefined && { 'error.type': errorCode }),
        },
        error: isOurFault ? (errorCode ?? String(reply.statusCode)) : undefined,
      })
    }
    done()
  })
}
