import type { DeadLetter } from '../store/dead-letters.ts'

/** An event that was given up, on the wire. */
export function presentDeadLetter(letter: DeadLetter) {
  return {
    id: letter.inboxEventId,
    provider_event_id: letter.eventId,
    type: letter.type,
    attempt_count: letter.attemptCount,
    error_type: letter.errorType,
    code: letter.code,
    detail: letter.detail,
    received_at: letter.receivedAt.toISOString(),
    dead_at: letter.deadAt.toISOString(),
    set_aside_at: letter.setAsideAt?.toISOString() ?? null,
    set_aside_reason: letter.setAsideReason,
    set_aside_by: letter.setAsideBy,
  }
}
