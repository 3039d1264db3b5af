/** Inbox events on the wire: what came, in the bytes it came in, and what became of it. */
import { isUtf8 } from 'node:buffer'
import type { InboxCollision, InboxFailure, InboxPayload } from '../store/inbox-payloads.ts'
import type { InboxEventView } from '../store/inbox-reads.ts'

export function presentInboxEvent(event: InboxEventView) {
  return {
    id: event.id,
    provider_account_id: event.providerAccountId,
    provider_event_id: event.eventId,
    type: event.type,
    api_version: event.apiVersion,
    object_reference: event.objectReference,
    status: event.status,
    reason: event.reason,
    payment_id: event.paymentId,
    attempt_count: event.attemptCount,
    next_attempt_at: event.runAt?.toISOString() ?? null,
    created_at: event.eventCreatedAt.toISOString(),
    received_at: event.receivedAt.toISOString(),
    applied_at: event.appliedAt?.toISOString() ?? null,
    request_id: event.requestId,
    correlation_id: event.correlationId,
  }
}

/** @param payload undefined: archived with the month it came in */
export function presentInboxEventDetail(
  event: InboxEventView,
  payload: InboxPayload | undefined,
  failures: InboxFailure[],
) {
  return {
    ...presentInboxEvent(event),
    // Nothing unverified is ever stored, so what is kept says which secret and time verified it.
    signature: payload === undefined ? null : { verdict: 'verified', ...presentSignature(payload) },
    headers: payload?.headers ?? null,
    ...presentBody(payload?.body),
    failures: failures.map((failure) => ({
      attempt: failure.attempt,
      error_type: failure.errorType,
      code: failure.code,
      detail: failure.detail,
      failed_at: failure.failedAt.toISOString(),
    })),
  }
}

export function presentCollision(collision: InboxCollision) {
  return {
    id: collision.id,
    collides_with: collision.inboxEventId,
    provider_event_id: collision.eventId,
    type: collision.type,
    object_reference: collision.objectReference,
    created_at: collision.eventCreatedAt.toISOString(),
    received_at: collision.receivedAt.toISOString(),
    request_id: collision.requestId,
    ...presentBody(collision.body),
  }
}

/** The text, or, where the bytes are no text, the bytes in base64. */
function presentBody(body: Buffer | undefined) {
  const isText = body !== undefined && isUtf8(body)
  return {
    payload: isText ? body.toString('utf8') : null,
    payload_base64: body === undefined || isText ? null : body.toString('base64'),
  }
}

function presentSignature({ signature }: InboxPayload) {
  const { timestamp, secretIndex } = Object(signature)
  return {
    timestamp: typeof timestamp === 'number' ? new Date(timestamp * 1000).toISOString() : null,
    secret_index: typeof secretIndex === 'number' ? secretIndex : null,
  }
}
