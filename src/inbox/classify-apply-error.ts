import { ConcurrentReferenceError } from './apply-events.ts'
import { classifyError, type WebhookError } from './webhook-error.ts'

/** Whose fault it is that events could not be applied; a reference made by another transaction is a lost race. */
export function classifyApplyError(error: unknown): WebhookError {
  if (!(error instanceof ConcurrentReferenceError)) return classifyError(error)
  return {
    type: 'transient',
    code: 'lost_race',
    statusCode: 503,
    detail: error.message,
    retry: 'at_once',
  }
}
