import { hostname } from 'node:os'
import type { Config } from '../config/config.ts'
import type { NewId } from '../domain/ids.ts'
import { openLedgerAccounts } from '../ledger/accounts.ts'
import type { Database } from '../store/db.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { traceIdOf } from '../telemetry/traceparent.ts'
import type { Tracing } from '../telemetry/tracing.ts'
import { balanceCompactor } from '../workers/balance-compactor.ts'
import { eventReplayer } from '../workers/event-replayer.ts'
import { healthChecker } from '../workers/health-checker.ts'
import { inboxApplier } from '../workers/inbox-applier.ts'
import { payloadPartitioner } from '../workers/payload-partitioner.ts'
import { type Supervisor, startSupervisor } from '../workers/supervisor.ts'
import { readinessChecks } from './readiness.ts'
import { traceTurns } from './trace-turns.ts'

/** Two, so that one waits for the database while the other works. */
const APPLIER_COUNT = 2
const BATCH_COUNT_MAX = 300

/** Starts the duties of this process. */
export function openWorker(deps: {
  config: Config
  database: Database
  newId: NewId
  logger: Logger
  metrics: Metrics
  tracing: Tracing | undefined
}): Supervisor {
  const { config, database, newId, logger, metrics } = deps
  const ledgerAccounts = openLedgerAccounts(database, newId)
  const appliers = Array.from({ length: APPLIER_COUNT }, (_, index) => {
    const trace = traceTurns(deps.tracing)
    const duty = inboxApplier({
      database,
      newId,
      ledgerAccounts,
      workerId: `${hostname()}:${process.pid}:${index}`,
      retry: config.retry,
      batchCountMax: BATCH_COUNT_MAX,
      onApplied: (events) => {
        metrics.workerBatch('applied')
        trace.applied(events)
        const now = Date.now()
        for (const { claimed, status, paymentId } of events) {
          metrics.webhookEvent({ provider: claimed.provider, type: claimed.type, status })
          const event = {
            payment_id: paymentId,
            event_id: claimed.eventId,
            type: claimed.type,
            status,
            waited_ms: Math.max(0, now - claimed.receivedAt.getTime()),
          }
          logger.info({ ...idsOf(claimed), ...event }, 'webhook processed')
        }
      },
      onFailed: (event, failure, dead) => {
        metrics.workerBatch('failed')
        trace.failed(event, failure, dead)
        const status = dead ? ('dead' as const) : ('failed' as const)
        metrics.webhookEvent({ provider: event.provider, type: event.type, status })
        const told = {
          event_id: event.eventId,
          type: event.type,
          code: failure.code,
          detail: failure.detail,
          status,
        }
        logger.error({ ...idsOf(event), ...told }, 'webhook failed')
      },
    })
    return { ...duty, takeTurn: () => trace.run(duty.takeTurn) }
  })
  return startSupervisor(
    [
      ...appliers,
      eventReplayer({
        database,
        newId,
        openLedgerAccounts: () => ledgerAccounts,
        onBatch: ({ replayId, counts }) =>
          logger.info({ replay_id: replayId, ...counts }, 'events replayed'),
      }),
      payloadPartitioner(database),
      balanceCompactor(database),
      healthChecker({
        check: readinessChecks({ database, worker: undefined }),
        onChange: ({ ok, ...change }) =>
          ok
            ? logger.info(change, 'dependency is back')
            : logger.error(change, 'dependency is away'),
      }),
    ],
    (duty, error) => logger.error({ duty, error }, 'duty paused'),
  )
}

/** The ids of the request that brought the event: what the intake logged it under. */
function idsOf(event: { requestId: string; correlationId: string; traceContext: string | null }) {
  return {
    request_id: event.requestId,
    correlation_id: event.correlationId,
    trace_id: traceIdOf(event),
  }
}
