import { errorCatalogue, isErrorCode } from '../domain/errors.ts'
import type { FailureGroup } from '../store/failure-groups.ts'

/** A group of failures with what its code means and how it is mended. */
export function presentFailureGroup(group: FailureGroup) {
  const { explanation, fix } = explainFailureCode(group.code, group.errorType)
  return {
    code: group.code,
    type: group.type,
    error_type: group.errorType,
    count: group.deadCount + group.retryingCount + group.setAsideCount,
    dead_count: group.deadCount,
    retrying_count: group.retryingCount,
    set_aside_count: group.setAsideCount,
    first_failed_at: group.firstFailedAt.toISOString(),
    last_failed_at: group.lastFailedAt.toISOString(),
    sample_ids: group.sampleIds,
    sample_detail: group.sampleDetail,
    explanation,
    fix,
  }
}

/** What an event failed of, and how that is mended. */
export function explainFailureCode(code: string, errorType: string) {
  const { title, cause, fix } = errorCatalogue[explainedBy(code, errorType)]
  return { explanation: `${title}. ${cause}`, fix }
}

/** A broken rule of the schema is named by its constraint, of which there are many; they are explained as one. */
function explainedBy(code: string, errorType: string) {
  if (isErrorCode(code)) return code
  return errorType === 'inconsistency' ? 'constraint_violated' : 'internal_error'
}
