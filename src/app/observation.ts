import {
  type EventObserver,
  ObservedError,
  type ObservedEvent,
  type WebhookMetrics,
} from '../handlers/event-handler.ts'
import { combineObservers, type Observers } from '../handlers/observe.ts'
import { openWebhookPerformance } from '../handlers/webhook-performance.ts'
import type { WebhookTelemetry } from '../inbox/answer-webhook.ts'
import type { AppliedEvent } from '../inbox/apply-events.ts'
import type { WebhookError } from '../inbox/webhook-error.ts'
import type { WaitingEvent } from '../store/inbox-results.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { traceIdOf } from '../telemetry/traceparent.ts'

export type Observation = {
  observers: Observers
  /** what the intake tells, handed on to the observers */
  intake: Pick<WebhookTelemetry, 'webhookEvent' | 'refused'>
  readPerformance: () => WebhookMetrics
}

/** Everybody who watches events go by: metrics and logs, the figures of `WebhookMetrics`, the user's observers. */
export function openObservation(deps: {
  logger: Logger
  metrics: Metrics
  /** of the user's module, where it has observers */
  feed: EventObserver | undefined
}): Observation {
  const { logger, metrics, feed } = deps
  const performance = openWebhookPerformance()
  const all = [telemetryObserver(logger, metrics), performance.observer]
  const observers = combineObservers(feed === undefined ? all : [...all, feed], (error) =>
    logger.error({ error }, 'observer failed'),
  )
  return {
    observers,
    intake: {
      webhookEvent: (event) => observers.onEventReceived({ ...event, paymentId: null }),
      // What was refused is no event: its bytes were not read, or not believed.
      refused: ({ code, message }) => observers.onError(new ObservedError(code, message, null)),
    },
    readPerformance: performance.read,
  }
}

function telemetryObserver(logger: Logger, metrics: Metrics): EventObserver {
  const warnRefused = refusalWarnings(logger)
  const count = ({ provider, type, status }: ObservedEvent) =>
    metrics.webhookEvent({ provider, type, status })
  const idsOf = (event: ObservedEvent) => ({
    request_id: event.requestId,
    correlation_id: event.correlationId,
    trace_id: event.traceId,
  })
  return {
    // The intake has its own lines, with the context of the request.
    onEventReceived: count,
    onEventProcessed: (event) => {
      count(event)
      const { paymentId, providerEventId, type, status, durationMs } = event
      const told = {
        payment_id: paymentId,
        event_id: providerEventId,
        type,
        status,
        waited_ms: durationMs,
      }
      logger.info({ ...idsOf(event), ...told }, 'webhook processed')
    },
    onError: ({ code, message, event }) => {
      if (event === null) return warnRefused(code, message)
      count(event)
      const { providerEventId, type, status } = event
      const told = { event_id: providerEventId, type, code, detail: message, status }
      const line = { ...idsOf(event), ...told }
      if (status === 'dead') logger.error(line, 'webhook gave up')
      else logger.warn(line, 'webhook failed, will be tried again')
    },
  }
}

type Warns = { warn: (fields: object, message: string) => void }
const REFUSAL_PAUSE_MS = 60_000

/**
 * A refused webhook is a warning, because nobody else tells of a wrong secret; one a minute for each code, with the
 * number since the last, because who refuses can be made to refuse as often as a stranger likes.
 */
export function refusalWarnings(logger: Warns, nowMs = () => performance.now()) {
  const warned = new Map<string, { atMs: number; unsaidCount: number }>()
  return (code: string, detail: string): void => {
    const last = warned.get(code)
    if (last !== undefined && nowMs() - last.atMs < REFUSAL_PAUSE_MS) {
      last.unsaidCount++
      return
    }
    const count = (last?.unsaidCount ?? 0) + 1
    warned.set(code, { atMs: nowMs(), unsaidCount: 0 })
    logger.warn({ code, detail, count }, 'webhook refused')
  }
}

export function observedApplied({ claimed, status, paymentId }: AppliedEvent): ObservedEvent {
  return {
    ...namesOf(claimed),
    status,
    paymentId,
    durationMs: Math.max(0, Date.now() - claimed.receivedAt.getTime()),
  }
}

export function observedFailure(
  event: WaitingEvent,
  failure: WebhookError,
  dead: boolean,
): ObservedError {
  const status = dead ? 'dead' : 'failed'
  const observed: ObservedEvent = { ...namesOf(event), status, paymentId: null, durationMs: 0 }
  return new ObservedError(failure.code, failure.detail ?? failure.code, observed)
}

function namesOf(event: Omit<WaitingEvent, 'attemptCount'>) {
  const { id, eventId, provider, type, requestId, correlationId } = event
  const traceId = traceIdOf(event)
  return { id, providerEventId: eventId, provider, type, requestId, correlationId, traceId }
}
