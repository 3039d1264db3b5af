import type { Config } from '../config/config.ts'
import { openEmbeddedPostgres } from '../embedded/embedded-postgres.ts'
import { type Database, openDatabase } from '../store/db.ts'
import { migrateUp } from '../store/migrate.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { noteStatement } from '../telemetry/tracing.ts'

export type Storage = {
  /** intake and apply: planned for indexes only */
  hot: Database
  /** what merchants ask of payments: those that wait for one payment's lock never hold up a webhook */
  operations: Database
  /** everything a person reads */
  reads: Database
  /** claims and marks of the user's handlers, so that they never wait for the hot pool, nor it for them */
  handlers: Database
  close(): Promise<void>
}

const READ_POOL_SIZE_MAX = 5
const HANDLER_POOL_SIZE = 3

/** Finds or starts the database, brings its schema up, and opens its pools. */
export async function openStorage(deps: {
  config: Config
  logger: Logger
  metrics: Metrics
  onDatabaseGone: (reason: string) => void
}): Promise<Storage> {
  const { config, logger, metrics } = deps
  const log = {
    info: (message: string) => logger.debug({}, message),
    warn: (message: string) => logger.warn({}, message),
  }
  const embedded =
    config.database.kind === 'embedded'
      ? await openEmbeddedPostgres({
          dataDir: config.database.dataDir,
          log,
          onExit: deps.onDatabaseGone,
        })
      : undefined
  try {
    const url = embedded?.url ?? databaseUrlOf(config)
    await migrateUp(url, { info: (message) => logger.info({}, message) })
    let isClosing = false
    const options = {
      url,
      onQuery: (statement: string, seconds: number) => {
        metrics.dbQuery(statement, seconds)
        noteStatement(statement, seconds)
      },
      // A server that is being stopped may be quicker than the connection that is being closed.
      onConnectionLost: (error: Error) => {
        if (!isClosing) logger.warn({ error }, 'database connection lost')
      },
    }
    const poolSize = config.databasePoolSize + config.databaseMaxOverflow
    const hot = openDatabase({ ...options, poolSize, applicationName: 'payonce', indexOnly: true })
    const operations = openDatabase({
      ...options,
      poolSize,
      applicationName: 'payonce-payments',
      indexOnly: true,
    })
    const reads = openDatabase({
      ...options,
      poolSize: Math.min(poolSize, READ_POOL_SIZE_MAX),
      applicationName: 'payonce-reads',
    })
    // A pool opens its connections when they are needed: without handlers there is none.
    const handlers = openDatabase({
      ...options,
      poolSize: HANDLER_POOL_SIZE,
      applicationName: 'payonce-handlers',
      indexOnly: true,
    })
    const close = async () => {
      isClosing = true
      await Promise.all([hot, operations, reads, handlers].map((pool) => pool.close()))
      await embedded?.close()
    }
    return { hot, operations, reads, handlers, close }
  } catch (error) {
    await embedded?.close()
    throw error
  }
}

function databaseUrlOf(config: Config): string {
  if (config.database.kind === 'url') return config.database.url.reveal()
  throw new Error('the embedded database has no configured URL')
}
