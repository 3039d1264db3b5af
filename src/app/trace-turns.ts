import type { AppliedEvent } from '../inbox/apply-events.ts'
import type { WebhookError } from '../inbox/webhook-error.ts'
import type { ClaimedEvent } from '../store/inbox-claims.ts'
import type { WaitingEvent } from '../store/inbox-results.ts'
import { parseTraceContext } from '../telemetry/traceparent.ts'
import {
  type Span,
  type TimedStatement,
  type Tracing,
  tellStatements,
  withStatements,
} from '../telemetry/tracing.ts'

const LINK_COUNT_MAX = 128

/**
 * Traces of one applier. A batch is a trace of its own, linked with the requests it serves; each event is a step of
 * the trace it came in, linked with the batch. A turn without work leaves nothing behind.
 */
export function traceTurns(tracing: Tracing | undefined) {
  let startMs = 0
  let statements: TimedStatement[] = []

  const startBatch = (events: { traceContext: string | null }[]): Span | undefined => {
    const links = events.flatMap((event) => parseTraceContext(event.traceContext) ?? [])
    const span = tracing?.startSpan({
      name: 'inbox apply batch',
      kind: 'consumer',
      startMs,
      links: links.slice(0, LINK_COUNT_MAX),
      attributes: { 'payonce.event_count': events.length },
    })
    if (tracing !== undefined && span !== undefined)
      tellStatements(tracing, span.context, statements)
    return span
  }
  const tellEvent = (
    event: Pick<ClaimedEvent, 'traceContext' | 'eventId' | 'type' | 'id'>,
    batch: Span,
    attributes: Record<string, string>,
    error?: string,
  ) => {
    const parent = parseTraceContext(event.traceContext)
    if (parent === undefined) return
    tracing
      ?.startSpan({
        name: 'inbox apply',
        kind: 'consumer',
        parent,
        startMs,
        links: [batch.context],
        attributes: {
          'payonce.id': event.id,
          'payonce.event_id': event.eventId,
          'payonce.event_type': event.type,
          ...attributes,
        },
      })
      .end({ error })
  }
  return {
    run: <T>(turn: () => Promise<T>): Promise<T> => {
      if (tracing === undefined) return turn()
      startMs = Date.now()
      statements = []
      return withStatements(statements, turn)
    },
    applied: (events: AppliedEvent[]) => {
      const batch = startBatch(events.map(({ claimed }) => claimed))
      if (batch === undefined) return
      for (const { claimed, status, paymentId } of events) {
        const attributes = { 'payonce.status': status }
        tellEvent(claimed, batch, {
          ...attributes,
          ...(paymentId !== null && { 'payonce.payment_id': paymentId }),
        })
      }
      batch.end()
    },
    failed: (event: WaitingEvent, failure: WebhookError, dead: boolean) => {
      const batch = startBatch([event])
      if (batch === undefined) return
      const attributes = { 'payonce.status': dead ? 'dead' : 'failed', 'error.type': failure.code }
      tellEvent(event, batch, attributes, failure.code)
      batch.end({ error: failure.code })
    },
  }
}
