import { type DomainError, errorCatalogue, type FieldError } from '../domain/errors.ts'

/** RFC 9457, with our additions. */
export type Problem = {
  type: string
  title: string
  status: number
  detail: string
  code: string
  request_id: string
  retryable: boolean
  errors?: FieldError[]
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json'

/**
 * An error as its answer. The catalogue is the only table from code to status; only the public message is told.
 * @param baseUrl address of this instance, which serves the page `type` points at
 */
export function problemOf(
  error: DomainError,
  { requestId, baseUrl }: { requestId: string; baseUrl: string },
): Problem {
  const { status, title, retryable } = errorCatalogue[error.code]
  return {
    type: `${baseUrl}/docs/errors/${error.code}`,
    title,
    status,
    detail: error.public,
    code: error.code,
    request_id: requestId,
    retryable,
    ...(error.errors && { errors: error.errors }),
  }
}

export function problemHeadersOf(error: DomainError): Record<string, string> {
  return {
    'content-type': PROBLEM_MEDIA_TYPE,
    'cache-control': 'no-store',
    ...(error.retryAfterSeconds !== undefined && { 'retry-after': `${error.retryAfterSeconds}` }),
    ...(error.code === 'unauthenticated' && { 'www-authenticate': 'Bearer realm="payonce"' }),
  }
}
