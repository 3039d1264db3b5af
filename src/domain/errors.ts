/** Errors that have a name: one list of codes, from which the HTTP answers and the documentation are made. */
import { type ErrorCode, errorCatalogue } from './error-catalogue.ts'

export { type ErrorCode, type ErrorEntry, errorCatalogue } from './error-catalogue.ts'

/** One field at fault: a JSON pointer into what was sent. */
export type FieldError = { pointer: string; detail: string }

export type DomainErrorDetails = {
  /** what the caller may read; the catalogue's cause when absent */
  public?: string
  /** what only the log gets */
  internal?: string
  errors?: FieldError[]
  /** when a repeat may succeed */
  retryAfterSeconds?: number
  cause?: unknown
}

/** A broken promise with a stable code and two messages: `public` for the caller, `internal` for the log. */
export class DomainError extends Error {
  readonly code: ErrorCode
  readonly public: string
  readonly internal: string
  readonly errors: FieldError[] | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, details: DomainErrorDetails = {}) {
    const told = details.public ?? errorCatalogue[code].cause
    const internal = details.internal ?? told
    super(
      `${code}: ${internal}`,
      details.cause === undefined ? undefined : { cause: details.cause },
    )
    this.name = 'DomainError'
    this.code = code
    this.public = told
    this.internal = internal
    this.errors = details.errors
    this.retryAfterSeconds = details.retryAfterSeconds
  }
}

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorCatalogue, text)
}
