import type { Config } from '../config/config.ts'
import { openHandlerCalls } from '../handlers/call-handler.ts'
import type { EventObserver } from '../handlers/event-handler.ts'
import { loadModule } from '../handlers/load-module.ts'
import { openObserverFeed } from '../handlers/observe.ts'
import { type HandlerRunner, openHandlerRunner, type SettledRun } from '../handlers/run-handler.ts'
import type { Database } from '../store/db.ts'
import { listHandlers, registerHandlers } from '../store/event-handlers.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Duty } from '../workers/duty.ts'
import { handlerHeartbeat } from '../workers/handler-heartbeat.ts'

export type Handlers = {
  /** undefined where the module has no observer */
  feed: EventObserver | undefined
  /** Registers the module's handlers; from then on each applied event is owed to them. */
  openRunners(database: Database): Promise<HandlerRunner[]>
  /** What tells others that this process has the handlers; none where there is no handler. */
  heartbeats(database: Database): Duty[]
  tellDepths(database: Database): void
  close(): Promise<void>
}

/** A call that takes longer is ended with its process. */
const CALL_MS_MAX = 30_000
/** What calls under way get when the process drains; then they are left to another one. */
const CLOSE_MS_MAX = 5_000
/** Calls of one handler under way in one Payonce process. */
const CALL_COUNT_MAX = 8

type Deps = { config: Config; logger: Logger; metrics: Metrics }

/** The user's handlers and observers. @throws Error that names the module when it cannot be used */
export async function openHandlers(deps: Deps): Promise<Handlers> {
  const path = deps.config.handlersPath
  if (path === undefined) {
    const nothing = async () => {}
    return {
      feed: undefined,
      openRunners: async (database) => {
        await tellOrphans(database, [], deps.logger)
        return []
      },
      heartbeats: () => [],
      tellDepths: nothing,
      close: nothing,
    }
  }
  const { handlers, observers } = await loadModule(path)
  const feed = observers.length === 0 ? undefined : openFeed(path, deps)
  return {
    feed: feed?.observer,
    openRunners: async (database) => {
      await registerHandlers(database, handlers)
      await tellOrphans(database, handlers, deps.logger)
      return handlers.flatMap((handler) => openRunnersOf({ ...deps, database, path, handler }))
    },
    heartbeats: (database) => {
      const onRemoved = (handler: string) => tellRemoved(handler, deps.logger)
      return handlers.length === 0
        ? []
        : [handlerHeartbeat({ database, names: handlers, onRemoved })]
    },
    tellDepths: (database) => deps.metrics.setHandlerDepthsSource(() => listHandlers(database)),
    close: async () => feed?.close(),
  }
}

function openFeed(path: string, { logger, metrics }: Deps) {
  return openObserverFeed({
    path,
    onDelivered: (count) => metrics.observations('delivered', count),
    onDropped: (count) => metrics.observations('dropped', count),
    onFailed: (failure) => {
      metrics.observations('failed', 1)
      logger.warn(failure, 'observer failed')
    },
    onTrouble: (reason) => logger.warn({ reason }, 'trouble with the observers'),
  })
}

/** Two for each handler, each with a process of its own: what ended one process is called alone in the other. */
function openRunnersOf(deps: Deps & { database: Database; path: string; handler: string }) {
  const { config, database, path, handler, logger, metrics } = deps
  return [false, true].map((suspects) =>
    openHandlerRunner({
      database,
      handler,
      suspects,
      countMax: suspects ? 1 : CALL_COUNT_MAX,
      retry: config.retry,
      calls: openHandlerCalls({
        path,
        handler,
        callMsMax: CALL_MS_MAX,
        closeMsMax: CLOSE_MS_MAX,
        onTrouble: (reason) => logger.warn({ handler, reason }, 'trouble with an event handler'),
      }),
      onSettled: (settled) => tellSettled(handler, settled, logger, metrics),
      onError: (error) => logger.warn({ handler, error }, 'event handler not settled'),
    }),
  )
}

function tellSettled(handler: string, settled: SettledRun, logger: Logger, metrics: Metrics): void {
  const { run, outcome, end, seconds } = settled
  metrics.handlerRun({ handler, outcome }, seconds)
  const told = {
    request_id: run.requestId,
    correlation_id: run.correlationId,
    payment_id: run.paymentId,
    event_id: run.providerEventId,
    type: run.type,
    handler,
    status: outcome,
    duration_ms: Math.round(seconds * 1000),
    ...(end.outcome === 'failed' && { code: end.code, detail: end.detail }),
    ...(end.outcome === 'failed' &&
      (outcome === 'dead' || logger.isLevelEnabled('debug')) &&
      end.stack !== undefined && { stack: end.stack }),
  }
  if (outcome === 'declined') logger.debug(told, 'event handler declined')
  else if (outcome === 'handled') logger.info(told, 'event handled')
  else if (outcome === 'dead') logger.error(told, 'event handler gave up')
  else logger.warn(told, 'event not handled')
}

/** Only a person knows whether such a name was renamed, removed, or belongs to another deployment. */
async function tellOrphans(database: Database, names: string[], logger: Logger): Promise<void> {
  for (const { name, waitingCount } of await listHandlers(database)) {
    if (names.includes(name)) continue
    const told = { handler: name, waiting_count: waitingCount }
    logger.warn(
      told,
      'events collect for a registered event handler that this process does not have; see: npx payonce handlers list',
    )
  }
}

function tellRemoved(handler: string, logger: Logger): void {
  logger.warn(
    { handler },
    'this event handler was removed while this process has it: it is called no more until a start registers it again',
  )
}
