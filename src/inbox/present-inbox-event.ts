/** Inbox events on the wire: what came, in the bytes it came in, and what became of it. */
import { isUtf8 } from 'node:buffer'
import type {
  CollisionName,
  InboxCollision,
  InboxFailure,
  InboxPayload,
} from '../store/inbox-payloads.ts'
import type { EventChange, InboxEventView } from '../store/inbox-reads.ts'
import { traceIdOf } from '../telemetry/traceparent.ts'
import { maskHeaders } from './mask-headers.ts'

export function presentInboxEvent(event: InboxEventView) {
  return {
    id: event.id,
    provider_account_id: event.providerAccountId,
    provider: event.provider,
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
    trace_id: traceIdOf(event),
  }
}

export type InboxEventParts = {
  /** undefined: archived with the month it came in */
  payload: InboxPayload | undefined
  failures: InboxFailure[]
  changes: EventChange[]
  collisions: CollisionName[]
}

export function presentInboxEventDetail(event: InboxEventView, parts: InboxEventParts) {
  const { payload, failures, changes, collisions } = parts
  return {
    ...presentInboxEvent(event),
    signature: payload === undefined ? null : presentSignature(payload),
    headers: payload === undefined ? null : maskHeaders(payload.headers),
    ...presentBody(payload?.body),
    attempts: presentAttempts(event, failures),
    changes: changes.map(({ at, ...change }) => ({ ...change, at: at.toISOString() })),
    collisions: collisions.map((collision) => ({
      id: collision.id,
      type: collision.type,
      received_at: collision.receivedAt.toISOString(),
    })),
    set_aside:
      event.setAsideAt === null
        ? null
        : { at: event.setAsideAt.toISOString(), reason: event.setAsideReason ?? '' },
  }
}

/** Newest first: the outcome, when there is one, then every failure. */
function presentAttempts(event: InboxEventView, failures: InboxFailure[]) {
  const { appliedAt, outcome } = event
  const done =
    appliedAt === null || outcome === null
      ? []
      : [{ at: appliedAt.toISOString(), outcome, attempt: null, ...noError }]
  const failed = failures.map((failure) => ({
    at: failure.failedAt.toISOString(),
    outcome: 'failed' as const,
    attempt: failure.attempt,
    error_type: failure.errorType,
    code: failure.code,
    detail: failure.detail,
  }))
  return [...done, ...failed].toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0))
}

const noError = { error_type: null, code: null, detail: null }

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
    payload_encoding: body === undefined ? null : isText ? ('utf-8' as const) : ('base64' as const),
  }
}

/** A program that embeds the inbox stores events that nobody signed, and says so by an index of no secret. */
export function isUnsigned({ signature }: Pick<InboxPayload, 'signature'>): boolean {
  const { secretIndex } = Object(signature)
  return typeof secretIndex === 'number' && secretIndex < 0
}

/** Nothing unverified comes in by webhook, so what is kept says which secret and time verified it. */
function presentSignature(payload: InboxPayload) {
  if (isUnsigned(payload)) {
    return {
      verdict: 'not_checked' as const,
      cause: 'A program that embeds the inbox stored it; no signature came with it.',
      timestamp: null,
      secret_index: null,
    }
  }
  const { timestamp, secretIndex } = Object(payload.signature)
  return {
    verdict: 'verified' as const,
    cause: 'The HMAC-SHA256 of these bytes under a configured secret is the one in the header.',
    timestamp: typeof timestamp === 'number' ? new Date(timestamp * 1000).toISOString() : null,
    secret_index: typeof secretIndex === 'number' ? secretIndex : null,
  }
}
