import { DomainError, type ErrorCode } from '../domain/errors.ts'
import { type DatabaseFault, databaseFaultOf, isSchemaMissing } from '../store/database-fault.ts'

const RETRY_AFTER_SECONDS = 5

const codes: Record<DatabaseFault, ErrorCode> = {
  transient: 'database_unavailable',
  unavailable: 'database_unavailable',
  data: 'event_not_storable',
  inconsistency: 'internal_error',
}

/** What a failed delivery is answered with. An unknown outcome is told as unavailable: the repeat deduplicates. */
export function intakeErrorOf(error: unknown): DomainError {
  if (error instanceof DomainError) return error
  if (isSchemaMissing(error)) {
    return new DomainError('database_not_migrated', {
      internal: String(error),
      cause: error,
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    })
  }
  const fault = databaseFaultOf(error)
  const code = fault === undefined ? 'internal_error' : codes[fault]
  return code === 'database_unavailable'
    ? databaseUnavailable(String(error), error)
    : new DomainError(code, { cause: error, internal: String(error) })
}

export function databaseUnavailable(internal: string, cause?: unknown): DomainError {
  return new DomainError('database_unavailable', {
    internal,
    cause,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  })
}
