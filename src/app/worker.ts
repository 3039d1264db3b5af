import { hostname } from 'node:os'
import type { Config } from '../config/config.ts'
import type { NewId } from '../domain/ids.ts'
import type { Observers } from '../handlers/observe.ts'
import type { HandlerRunner } from '../handlers/run-handler.ts'
import { openLedgerAccounts } from '../ledger/accounts.ts'
import type { OperationDeps } from '../payments/operation-deps.ts'
import type { Database } from '../store/db.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Tracing } from '../telemetry/tracing.ts'
import { attemptResolver } from '../workers/attempt-resolver.ts'
import { balanceCompactor } from '../workers/balance-compactor.ts'
import { duplicateUndoer } from '../workers/duplicate-undoer.ts'
import type { Duty } from '../workers/duty.ts'
import { eventReplayer } from '../workers/event-replayer.ts'
import { handlerRunner, handlerRunnerName } from '../workers/handler-runner.ts'
import { healthChecker } from '../workers/health-checker.ts'
import { idempotencyEraser } from '../workers/idempotency-eraser.ts'
import { inboxApplier } from '../workers/inbox-applier.ts'
import { payloadPartitioner } from '../workers/payload-partitioner.ts'
import { type Supervisor, startSupervisor } from '../workers/supervisor.ts'
import { observedApplied, observedFailure } from './observation.ts'
import { readinessChecks } from './readiness.ts'
import { traceTurns } from './trace-turns.ts'

/** Two, so that one waits for the database while the other works. */
const APPLIER_COUNT = 2
const BATCH_COUNT_MAX = 300

/** Starts the duties of this process. */
export function openWorker(deps: {
  config: Config
  database: Database
  /**
   * Another pool: a ledger account is opened from within the transaction of a batch, and batches may hold every
   * connection of the first.
   */
  accountsDatabase: Database
  newId: NewId
  logger: Logger
  metrics: Metrics
  tracing: Tracing | undefined
  observers: Observers
  /** of the user's event handlers */
  runners: HandlerRunner[]
  payments: OperationDeps
  /** tell others that this process has these handlers */
  heartbeats: Duty[]
}): Supervisor {
  const { config, database, newId, logger, metrics, observers } = deps
  const ledgerAccounts = openLedgerAccounts(deps.accountsDatabase, newId)
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
        for (const event of events) observers.onEventProcessed(observedApplied(event))
        supervisor.wake(handlerRunnerName)
      },
      onFailed: (event, failure, dead) => {
        metrics.workerBatch('failed')
        trace.failed(event, failure, dead)
        observers.onError(observedFailure(event, failure, dead))
      },
    })
    return { ...duty, takeTurn: () => trace.run(duty.takeTurn) }
  })
  const supervisor = startSupervisor(
    [
      ...appliers,
      eventReplayer({
        database,
        newId,
        openLedgerAccounts: () => ledgerAccounts,
        onBatch: ({ replayId, counts }) =>
          logger.info({ replay_id: replayId, ...counts }, 'events replayed'),
      }),
      ...deps.runners.map(handlerRunner),
      attemptResolver(deps.payments, (attemptId, error) =>
        logger.error({ attempt_id: attemptId, error }, 'payment attempt not resolved'),
      ),
      duplicateUndoer(deps.payments, (paymentId, error) =>
        logger.error({ payment_id: paymentId, error }, 'second effect not undone'),
      ),
      idempotencyEraser(database),
      ...deps.heartbeats,
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
  return supervisor
}
