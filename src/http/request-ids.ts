import type { IncomingHttpHeaders } from 'node:http'
import { acceptTraceState, parseTraceParent, type TraceContext } from '../telemetry/traceparent.ts'

const SANE_ID = /^[\w.:@/+=-]{1,128}$/

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

/** The trace the caller is in, by the W3C headers; one that breaks the standard counts as none. */
export function traceContextOf(headers: IncomingHttpHeaders): TraceContext | undefined {
  const { traceparent, tracestate } = headers
  const parent = typeof traceparent === 'string' ? parseTraceParent(traceparent) : undefined
  return parent && { ...parent, state: acceptTraceState(tracestate) }
}
