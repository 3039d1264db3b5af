/**
 * The only file that knows every part: builds the graph once, disposes it once.
 *
 * In: configuration and a role. Out: a running process with its address, and `close` that drains it.
 * Order of closing is the reverse of opening: sockets, then workers, then pools, then the embedded database.
 */
import type { AddressInfo } from 'node:net'
import { createAuthenticate } from './access/api-keys.ts'
import type { FirstKeys } from './access/bootstrap.ts'
import { bootstrap } from './app/bootstrap.ts'
import { openCaches } from './app/caches.ts'
import { openHandlers } from './app/handlers.ts'
import { openHealthListener } from './app/health-listener.ts'
import { openHttp } from './app/http.ts'
import { openIntake } from './app/intake.ts'
import { openObservation } from './app/observation.ts'
import { openSandbox } from './app/open-sandbox.ts'
import { openPayments } from './app/payments.ts'
import { openStorage } from './app/storage.ts'
import { openWorker } from './app/worker.ts'
import type { Config } from './config/config.ts'
import type { Role } from './domain/role.ts'
import type { SandboxProcess } from './embedded/sandbox-process.ts'
import { openIdSource } from './store/new-id.ts'
import { readQueueDepths } from './store/queue-depths.ts'
import type { Logger } from './telemetry/logger.ts'
import type { Metrics } from './telemetry/metrics.ts'
import type { Tracing } from './telemetry/tracing.ts'
import { eventReplayerName } from './workers/event-replayer.ts'
import { inboxApplierName } from './workers/inbox-applier.ts'
import { listenForWakeUps, openNotifier } from './workers/wake-ups.ts'

export type App = {
  /** undefined in a process that only works */
  url: string | undefined
  /** where such a process answers for its health */
  healthUrl: string | undefined
  /** what stands in for Stripe; undefined where a key or an address says who is asked */
  sandboxUrl: string | undefined
  firstKeys: FirstKeys | undefined
  webhookSecret: string
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export type AppOptions = {
  config: Config
  role: Role
  logger: Logger
  metrics: Metrics
  /** undefined: traces are not exported */
  tracing: Tracing | undefined
  version: string
  /** the embedded database ended by itself: the process cannot go on */
  onDatabaseGone: (reason: string) => void
}

export async function openApp(options: AppOptions): Promise<App> {
  const { config, role, logger, metrics, tracing, version } = options
  const resources = new AsyncDisposableStack()
  try {
    const newId = openIdSource()
    // First, because a module that cannot be loaded is the quickest thing to tell.
    const handlers = await openHandlers({ config, logger, metrics })
    const observation = openObservation({ logger, metrics, feed: handlers.feed })
    resources.defer(handlers.close)
    const storage = await openStorage(options)
    resources.defer(storage.close)
    metrics.setDepthsSource(() => readQueueDepths(storage.reads))
    handlers.tellDepths(storage.reads)
    const { merchantId, firstKeys, webhookSecret } = await bootstrap(storage.hot, config, newId)
    // A process that does it all brings the provider, too, when nobody named one.
    const sandbox =
      role === 'all'
        ? await openSandbox({ config, database: storage.hot, merchantId, newId, logger })
        : undefined
    let sandboxProcess: SandboxProcess | undefined
    // After the sockets and the workers: what is under way may still ask it.
    resources.defer(async () => {
      await sandboxProcess?.close()
      await sandbox?.release()
    })

    const payments = await openPayments({
      config,
      database: storage.operations,
      accountsDatabase: storage.reads,
      newId,
      logger,
      metrics,
      sandbox,
    })

    const runners = role === 'api' ? [] : await handlers.openRunners(storage.handlers)
    const worker =
      role === 'api'
        ? undefined
        : openWorker({
            config,
            database: storage.hot,
            accountsDatabase: storage.reads,
            newId,
            logger,
            metrics,
            payments,
            tracing,
            observers: observation.observers,
            runners,
            heartbeats: handlers.heartbeats(storage.handlers),
          })
    if (worker !== undefined) {
      const wake = () => worker.wake(inboxApplierName)
      const warn = (error: unknown) => logger.warn({ error }, 'wake-ups interrupted')
      resources.defer(worker.stop)
      // Before that, because a turn may wait for a call.
      resources.defer(() => closeAll(runners))
      resources.defer(listenForWakeUps(storage.hot, wake, warn).close)
    }

    let healthUrl: string | undefined
    if (role === 'worker' && worker !== undefined && config.healthPort !== undefined) {
      const database = storage.reads
      const listener = openHealthListener({ database, worker, logger, metrics, version })
      resources.defer(() => listener.close())
      await listener.listen({ host: config.host, port: config.healthPort })
      healthUrl = urlOf(listener.server.address() as AddressInfo)
    }

    let url: string | undefined
    if (role !== 'worker') {
      const notify = openNotifier(storage.hot, (error) =>
        logger.warn({ error }, 'wake-up not sent'),
      )
      const wake = worker === undefined ? notify : () => worker.wake(inboxApplierName)
      const intake = openIntake({ config, database: storage.hot, newId, onStored: wake, tracing })
      resources.defer(intake.close)
      const caches = await openCaches({ config, database: storage.hot, logger, metrics })
      resources.defer(caches.close)
      const authenticate = createAuthenticate({ database: storage.reads, recent: caches.callers })
      const http = openHttp({
        config,
        storage,
        intake,
        payments,
        recentAnswers: caches.answers,
        worker,
        observation,
        wake,
        wakeReplayer: () => worker?.wake(eventReplayerName),
        newId,
        authenticate,
        redisHealth: caches.redisHealth,
        logger,
        metrics,
        tracing,
        version,
      })
      resources.defer(() => http.close())
      await http.listen({ host: config.host, port: config.port })
      url = urlOf(http.server.address() as AddressInfo)
      sandboxProcess = await sandbox?.start(url)
    }
    const owned = resources.move()
    const close = () => owned.disposeAsync()
    const sandboxUrl = sandbox?.address
    return {
      ...{ url, healthUrl, sandboxUrl, firstKeys, webhookSecret, close },
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await resources.disposeAsync()
    throw error
  }
}

async function closeAll(all: { close(): Promise<void> }[]): Promise<void> {
  await Promise.all(all.map((one) => one.close()))
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
