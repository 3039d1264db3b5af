import { DomainError, errorCatalogue } from '../domain/errors.ts'
import { constraintOf, databaseFaultOf } from '../store/database-fault.ts'

/**
 * Whose fault a failed apply is, which decides what happens next.
 *
 * `event`: the event's own; it spends an attempt and waits longer each time. `transient`: a lost race; repeated at
 * once, spends nothing. `unavailable`: a dependency is away; spends nothing, the lane pauses. `inconsistency`: what
 * we hold contradicts itself; the event is set aside and reconciliation is told.
 */
export type WebhookErrorType = 'event' | 'transient' | 'unavailable' | 'inconsistency'

export type WebhookError = {
  type: WebhookErrorType
  code: string
  statusCode: number
  detail?: string
  /** when it is tried again by itself; absent: never */
  retry?: 'at_once' | 'with_backoff' | 'when_available'
}

const DETAIL_LENGTH_MAX = 1000

export function classifyError(error: unknown): WebhookError {
  const detail = describe(error)
  switch (databaseFaultOf(error)) {
    case 'transient':
      return { type: 'transient', code: 'lost_race', statusCode: 503, detail, retry: 'at_once' }
    case 'unavailable':
      return {
        type: 'unavailable',
        code: 'database_unavailable',
        statusCode: 503,
        detail,
        retry: 'when_available',
      }
    case 'inconsistency':
      return {
        type: 'inconsistency',
        code: constraintOf(error) ?? 'constraint_violated',
        statusCode: 409,
        detail,
      }
    case 'data':
      return eventFault('value_not_storable', 422, detail)
    case undefined:
      return classifyOwnError(error, detail)
  }
}

function classifyOwnError(error: unknown, detail: string): WebhookError {
  if (!(error instanceof DomainError)) return eventFault('internal_error', 500, detail)
  if (error.code === 'database_unavailable') {
    return {
      type: 'unavailable',
      code: error.code,
      statusCode: 503,
      detail,
      retry: 'when_available',
    }
  }
  return eventFault(error.code, errorCatalogue[error.code].status, detail)
}

function eventFault(code: string, statusCode: number, detail: string): WebhookError {
  return { type: 'event', code, statusCode, detail, retry: 'with_backoff' }
}

/** The row it is stored in is text, which has no NUL. */
function describe(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.toWellFormed().replaceAll('\u0000', '\ufffd').slice(0, DETAIL_LENGTH_MAX)
}
