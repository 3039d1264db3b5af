import { formatTraceContext, parseTraceContext } from '../telemetry/traceparent.ts'
import type { Tracing } from '../telemetry/tracing.ts'
import type { StoreDelivery } from './intake-batches.ts'

/** Storing is a step of its own, and what the event causes later comes after it. */
export function storeTraced(store: StoreDelivery, tracing: Tracing): StoreDelivery {
  return async (row) => {
    const span = tracing.startSpan({
      name: 'inbox store',
      kind: 'producer',
      parent: parseTraceContext(row.traceContext),
      attributes: { 'payonce.event_id': row.eventId, 'payonce.event_type': row.type },
    })
    try {
      const result = await store({ ...row, traceContext: formatTraceContext(span.context) })
      span.end({ attributes: { 'payonce.status': result.status, 'payonce.id': row.id } })
      return result
    } catch (error) {
      span.end({ error: error instanceof Error ? error.message : String(error) })
      throw error
    }
  }
}
