import type { Books } from '../store/books.ts'
import type { Answer as StoredAnswer } from '../store/state.ts'
import { StripeError } from '../stripe/errors.ts'
import type { Call } from './call.ts'
import type { Presented } from './present-reply.ts'

/** The keys of calls that run now. */
export type KeysInUse = Set<string>

/** The stored answer to this key; refuses another request under it, and a repeat while it runs. */
export function findStoredAnswer(
  books: Books,
  inUse: KeysInUse,
  call: Call,
): StoredAnswer | undefined {
  const { key } = call
  if (key === undefined) return undefined
  if (inUse.has(key)) throw keyInUse()
  const stored = books.state.findAnswer(key)
  if (stored === undefined) return undefined
  if (stored.path !== call.path) throw mismatch('for the same endpoint', stored.path, key)
  if (stored.fingerprint !== call.fingerprint)
    throw mismatch('with the same parameters', stored.path, key)
  return stored
}

export function keyInUse(): StripeError {
  return new StripeError(
    409,
    'invalid_request_error',
    'There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through). Please try again later.',
    { code: 'idempotency_key_in_use' },
  )
}

function mismatch(sameness: string, path: string, key: string): StripeError {
  return new StripeError(
    400,
    'idempotency_error',
    `Keys for idempotent requests can only be used ${sameness} they were first used ${sameness.startsWith('for') ? `for (${path})` : 'with'}. Try using a key other than '${key}' if you meant to execute a different request.`,
  )
}

export function toStoredAnswer(
  books: Books,
  call: Call,
  presented: Presented,
): { answer: StoredAnswer } | Record<string, never> {
  const { key, fingerprint, path, requestId } = call
  if (key === undefined) return {}
  return { answer: { key, fingerprint, path, requestId, at: books.clock.nowMs(), ...presented } }
}
