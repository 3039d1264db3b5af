import { DomainError } from '../domain/errors.ts'
import { readJson } from '../inbox/read-json.ts'

const PLAIN_INTEGER = /^-?(?:0|[1-9]\d*)$/

/** A number that was not written as a plain integer a double holds exactly: `1.0`, `1e2`, 2^53 + 1. No schema takes it. */
export class InexactNumber {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/**
 * Parses a request body in which numbers are amounts. `JSON.parse` alone reads `1e2` and `1.0` as integers and rounds
 * what is too long; here they stay apart, and the schema of the route names the field.
 */
export function readStrictJson(body: Buffer): unknown {
  if (body.length === 0) return {}
  // Checked for its form first: UTF-8, nesting, one JSON value.
  readJson(body)
  return JSON.parse(body.toString('utf8'), keepExact as Reviver)
}

// The third parameter is in the language, and not yet in the library's types.
type Reviver = (this: unknown, name: string, value: unknown) => unknown

function keepExact(name: string, value: unknown, context: { source?: string }): unknown {
  if (name === '__proto__') throw new DomainError('body_not_json')
  if (!isStorable(name) || !isStorable(value)) {
    throw new DomainError('invalid_request', {
      public: 'The body is not valid: a text has a NUL or half of a surrogate pair in it.',
    })
  }
  if (typeof value !== 'number') return value
  const isExact = Number.isSafeInteger(value) && PLAIN_INTEGER.test(context.source ?? '')
  return isExact ? value : new InexactNumber(context.source ?? String(value))
}

/** PostgreSQL stores neither, and would undo what others wrote in the same transaction. */
function isStorable(value: unknown): boolean {
  return typeof value !== 'string' || (value.isWellFormed() && !value.includes('\u0000'))
}
