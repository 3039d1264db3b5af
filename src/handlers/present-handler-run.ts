import type { HandlerRun } from '../store/handler-run-reads.ts'

/** What a handler is owed, on the wire. */
export function presentHandlerRun(run: HandlerRun) {
  return {
    id: run.id,
    handler: run.handler,
    status: run.status,
    event_id: run.inboxEventId,
    provider_event_id: run.providerEventId,
    type: run.type,
    payment_id: run.paymentId,
    attempt_count: run.attemptCount,
    code: run.code,
    detail: run.detail,
    created_at: run.createdAt.toISOString(),
    failed_at: run.failedAt?.toISOString() ?? null,
    next_attempt_at: run.deadAt === null ? run.runAt.toISOString() : null,
    dead_at: run.deadAt?.toISOString() ?? null,
  }
}
