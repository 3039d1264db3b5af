import type { IncomingHttpHeaders } from 'node:http'

const SANE_ID = /^[\w.:@/+=-]{1,128}$/
const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}(-.*)?$/
const ZEROS = /^0+$/

/** The caller's id when it is one that is safe in logs and headers; undefined otherwise. */
export function saneId(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && SANE_ID.test(header) ? header : undefined
}

/** The id that goes from service to service: the caller's own, its trace's, or that of this request. */
export function correlationIdOf(
  headers: IncomingHttpHeaders,
  { traceId, requestId }: { traceId: string | undefined; requestId: string },
): string {
  return saneId(headers['x-correlation-id']) ?? traceId ?? requestId
}

/** The trace id of a W3C traceparent; all zeros and version ff are invalid by its standard. */
export function traceIdOf(headers: IncomingHttpHeaders): string | undefined {
  const { traceparent } = headers
  if (typeof traceparent !== 'string' || traceparent.startsWith('ff')) return undefined
  const [, traceId, parentId] = TRACEPARENT.exec(traceparent) ?? []
  if (traceId === undefined || parentId === undefined) return undefined
  return ZEROS.test(traceId) || ZEROS.test(parentId) ? undefined : traceId
}
