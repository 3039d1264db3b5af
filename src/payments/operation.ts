/**
 * An operation: one thing a merchant asked for. Its id, the provider's key and the fingerprint are functions of the
 * request and of configuration alone, so that the same request after a restore is the same operation.
 */
import { hash } from 'node:crypto'
import type { AttemptStep } from '../domain/attempt.ts'
import type { MerchantId } from '../domain/ids.ts'

export type OperationRequest = {
  merchantId: MerchantId
  livemode: boolean
  method: string
  /** with its query */
  path: string
  body: unknown
  /** as the caller gave it; undefined: none was given */
  givenKey: string | undefined
  /** the caller's own reference of the payment, where one was given */
  reference: string | undefined
  /** who asked, for the history */
  actor: string
  requestId: string
  correlationId: string
  /** the trace it belongs to */
  traceContext: string | null
}

/** @param key the key this operation is stored under, given or generated */
export function operationIdOf(
  installationId: string,
  request: OperationRequest,
  key: string,
): string {
  const named = request.givenKey ?? request.reference ?? key
  const kind =
    request.givenKey === undefined && request.reference !== undefined ? 'reference' : 'key'
  const mode = request.livemode ? 'live' : 'test'
  return digestOf([installationId, request.merchantId, mode, request.path, kind, named]).toString(
    'hex',
  )
}

const fingerprints = new WeakMap<OperationRequest, Buffer>()

/** Of what is asked for; taken once a request. */
export function fingerprintOf(request: OperationRequest): Buffer {
  const known = fingerprints.get(request)
  if (known !== undefined) return known
  const { method, path, body } = request
  const fingerprint = digestOf([method, path, canonicalJson(body)])
  fingerprints.set(request, fingerprint)
  return fingerprint
}

/** At most 255 characters, as providers take them. */
export function providerKeyOf(operationId: string, step: AttemptStep, number: number): string {
  return `${operationId}-${step}-${number}`
}

/** One text for one value: members in the order of their names, no white space. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}

/** Lengths keep ("a", "bc") and ("ab", "c") apart. */
function digestOf(parts: string[]): Buffer {
  return hash(
    'sha256',
    parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join(''),
    'buffer',
  )
}
