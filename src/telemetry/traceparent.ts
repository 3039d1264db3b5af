import { randomBytes } from 'node:crypto'

/** A place in a distributed trace, as the W3C `traceparent` header carries it. */
export type TraceParent = {
  /** 32 hexadecimal digits, the same for all work that one request caused */
  traceId: string
  /** 16 hexadecimal digits, the step that caused this one */
  spanId: string
  sampled: boolean
}

const form = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/
const ZEROS = /^0+$/
const SAMPLED = 1

/**
 * Strict, as the standard asks: upper case, zero ids, version `ff` and a longer version `00` are invalid, and an
 * invalid header is treated as absent. A later version may be longer; its first four fields are read.
 */
export function parseTraceParent(header: string | undefined): TraceParent | undefined {
  const [, version, traceId, spanId, flags, rest] = form.exec(header ?? '') ?? []
  if (version === undefined || traceId === undefined || spanId === undefined) return undefined
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined
  if (ZEROS.test(traceId) || ZEROS.test(spanId)) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags ?? '0', 16) & SAMPLED) === SAMPLED }
}

/** The header in version `00`. */
export function formatTraceParent(parent: TraceParent): string {
  return `00-${parent.traceId}-${parent.spanId}-${parent.sampled ? '01' : '00'}`
}

/** The next step of the given trace, or the first step of a new one. */
export function continueTrace(parent?: TraceParent): TraceParent {
  return {
    traceId: parent?.traceId ?? randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    sampled: parent?.sampled ?? true,
  }
}
