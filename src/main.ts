/**
 * The entry: command line to role, environment to configuration, configuration to a running app, until a signal.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { announce } from './app/announce.ts'
import { explainStart, isDatabaseAway } from './app/explain-start.ts'
import { openTracing } from './app/open-tracing.ts'
import { openWhenReady } from './app/open-when-ready.ts'
import { type App, type AppOptions, openApp } from './app.ts'
import { type Config, readConfig } from './config/config.ts'
import { ConfigError } from './config/config-error.ts'
import { readEnvironment } from './config/env.ts'
import { listSecrets } from './config/list-secrets.ts'
import type { Environment } from './config/settings.ts'
import { type Role, roles } from './domain/role.ts'
import { stripeEventTypes } from './providers/stripe/event-types.ts'
import { openLogDestination } from './telemetry/log-destination.ts'
import { createLogger } from './telemetry/logger.ts'
import { createMask } from './telemetry/mask.ts'
import { createMetrics } from './telemetry/metrics.ts'

/** A drain that takes longer than this is cut; whatever was acknowledged is committed anyway. */
const DRAIN_MS_MAX = 25_000
const EXIT_GRACE_MS = 500

type ExitCode = 0 | 1 | 2 | 4

async function main(argv: string[]): Promise<ExitCode> {
  const role = readRole(argv)
  return role === undefined ? 2 : start(role, readEnvironment())
}

/** @returns the exit code, once a signal has drained the process: 0 drained, 1 failed, 2 configured wrongly, 4 no database */
export async function start(role: Role, environment: Environment): Promise<ExitCode> {
  let config: Config
  try {
    config = readConfig(environment)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    console.error(error.message)
    return 2
  }
  return run(config, role)
}

async function run(config: Config, role: Role): Promise<ExitCode> {
  const startedAt = performance.now()
  const version = readVersion()
  const { environment } = config
  const metrics = createMetrics({ version, environment, knownTypes: new Set(stripeEventTypes) })
  const mask = createMask(listSecrets(config))
  const destination = openLogDestination({ onLinesDropped: metrics.logLinesDropped, mask })
  process.once('exit', destination.writeNow)
  // Who read our output may be gone; that costs the output and not the process.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  const logger = createLogger({ level: config.logLevel, destination })
  const ended = Promise.withResolvers<ExitCode>()
  const tracing = await openTracing({ config, logger, metrics, version, mask })
  let isDraining = false
  const stop = (signal: NodeJS.Signals) => {
    if (isDraining) return
    isDraining = true
    logger.info({ signal }, 'draining')
    ended.resolve(0)
  }
  // Ctrl-C comes twice, from the terminal and from npm: a signal nobody listens for would cut the drain.
  process.on('SIGTERM', stop).on('SIGINT', stop)
  let app: App | undefined
  try {
    const options: AppOptions = {
      config,
      role,
      logger,
      metrics,
      tracing,
      version,
      onDatabaseGone: (reason) => {
        logger.error({ reason }, 'the embedded database ended')
        ended.resolve(1)
      },
    }
    app = await openWhenReady(() => openApp(options))
    const tell = (text: string) => destination.tell(`${text}\n`)
    await announce({ app, config, role, readyMs: performance.now() - startedAt, tell })
  } catch (error) {
    await app?.close()
    console.error(explainStart(error, config))
    await destination.close()
    return isDatabaseAway(error, config) ? 4 : 1
  }
  const code = await ended.promise
  const cut = setTimeout(() => process.exit(1), DRAIN_MS_MAX).unref()
  await app.close()
  await tracing?.close()
  logger.info({}, 'closed')
  await destination.close()
  metrics[Symbol.dispose]()
  clearTimeout(cut)
  // Everything is closed: what still keeps the process alive is a collector that does not answer.
  setTimeout(() => process.exit(code), EXIT_GRACE_MS).unref()
  return code
}

function readRole(argv: string[]): Role | undefined {
  try {
    const options = { role: { type: 'string', default: 'all' } } as const
    const { values } = parseArgs({ args: argv, options })
    const role = roles.find((known) => known === values.role)
    if (role === undefined) {
      console.error(`--role ${values.role}: must be one of ${roles.join(', ')}`)
    }
    return role
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}
usage: npm start -- [--role all|api|worker]`)
    return undefined
  }
}

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
