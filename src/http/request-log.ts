import type { FastifyInstance, FastifyRequest } from 'fastify'

/** The part of a logger the HTTP layer uses. */
export type Log = {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export type RequestMeasure = { method: string; route: string; status: number; seconds: number }
export type RecordRequest = (measure: RequestMeasure) => void

/** One line and one measure a request, when its answer is out. */
export function logRequests(app: FastifyInstance, log: Log, record: RecordRequest): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { method } = request
    const route = request.routeOptions.url ?? 'unknown'
    const status = reply.statusCode
    record({ method, route, status, seconds: reply.elapsedTime / 1000 })
    const fields = {
      ...contextOf(request),
      method,
      path: pathOf(request),
      status,
      duration_ms: Math.round(reply.elapsedTime * 1000) / 1000,
      ...(request.errorCode !== undefined && { code: request.errorCode }),
    }
    log.info(fields, 'request')
    done()
  })
}

/** The fields every line of a request carries. */
export function contextOf(request: FastifyRequest): Record<string, string> {
  return {
    request_id: request.id,
    correlation_id: request.correlationId,
    trace_id: request.traceId,
  }
}

/** A query may name people. */
function pathOf(request: FastifyRequest): string {
  const query = request.url.indexOf('?')
  return query === -1 ? request.url : request.url.slice(0, query)
}
