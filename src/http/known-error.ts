import { DomainError, type ErrorCode } from '../domain/errors.ts'
import { databaseFaultOf } from '../store/database-fault.ts'

const RETRY_AFTER_SECONDS = 5

/** The server framework's own errors in our codes. */
const frameworkCodes: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'media_type_unsupported',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'body_unreadable',
  FST_ERR_BAD_URL: 'not_found',
  ECONNRESET: 'body_unreadable',
  ECONNABORTED: 'body_unreadable',
}

/** Any error as one with a code; what is not known is `internal_error`, and its message stays with us. */
export function knownErrorOf(error: unknown): DomainError {
  if (error instanceof DomainError) return error
  const fault = databaseFaultOf(error)
  const named = frameworkCodes[codeOf(error)]
  // A reset while reading the request looks like one of the database's; only the latter comes from a statement.
  if (named !== undefined && !(fault === 'unavailable' && named === 'body_unreadable')) {
    return new DomainError(named, { cause: error })
  }
  if (fault === 'unavailable' || fault === 'transient') {
    return new DomainError('database_unavailable', {
      cause: error,
      internal: String(error),
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    })
  }
  return new DomainError('internal_error', { cause: error, internal: String(error) })
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : ''
}
