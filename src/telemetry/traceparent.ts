import { hash, randomBytes } from 'node:crypto'

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

/** A place in a trace, with the state other systems keep about it. */
export type TraceContext = TraceParent & { state?: string | undefined }

/** As it is stored beside work that waits: `traceparent`, and `tracestate` behind a space. */
export function formatTraceContext(context: TraceContext): string {
  const parent = formatTraceParent(context)
  return context.state === undefined ? parent : `${parent} ${context.state}`
}

export function parseTraceContext(text: string | null | undefined): TraceContext | undefined {
  const [header, ...rest] = (text ?? '').split(' ')
  const parent = parseTraceParent(header)
  return parent && { ...parent, state: acceptTraceState(rest.join(' ')) }
}

/** The trace id of work that was stored with its request id. */
export function traceIdOf(stored: { traceContext: string | null; requestId: string }): string {
  return parseTraceContext(stored.traceContext)?.traceId ?? traceIdOfRequest(stored.requestId)
}

/**
 * The trace id of work that began here and that no trace covers. It follows from the request id, so that the worker
 * logs the same one without anything being stored for it.
 */
export function traceIdOfRequest(requestId: string): string {
  const made = /^req_([\da-f]{32})$/.exec(requestId)?.[1]
  return made ?? hash('sha256', requestId, 'hex').slice(0, 32)
}

const STATE_LENGTH_MAX = 512
const stateMember =
  /^[a-z\d][\w*/@-]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/

/** The `tracestate` header, handed on as it came; one that breaks its form or is too long is left out. */
export function acceptTraceState(header: string | string[] | undefined): string | undefined {
  const text = [header ?? []].flat().join(',')
  const members = text.split(',').map((member) => member.trim())
  const filled = members.filter((member) => member !== '')
  if (filled.length === 0 || filled.length > 32 || text.length > STATE_LENGTH_MAX) return undefined
  return filled.every((member) => stateMember.test(member)) ? filled.join(',') : undefined
}
