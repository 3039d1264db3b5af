import { resolve } from 'node:path'
import { quote, type Settings } from './settings.ts'

export const environments = ['development', 'production'] as const
export type AppEnvironment = (typeof environments)[number]

export const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

export type ServerConfig = {
  environment: AppEnvironment
  host: string
  /** 0 asks the operating system for any free port */
  port: number
  /** where a process that only works answers for its health; absent: nowhere */
  healthPort: number | undefined
  logLevel: LogLevel
  /** absolute path of the folder that holds the embedded database and generated values */
  dataDir: string
  /** bytes of webhook bodies held at once before the intake answers 503 */
  intakeBytesMax: number
}

const MEBIBYTE = 1024 * 1024
/** One provider webhook may carry this much, so a smaller total would refuse it for ever. */
const WEBHOOK_BODY_BYTES_MAX = 10 * MEBIBYTE

export function readServer(settings: Settings): ServerConfig {
  return {
    environment: settings.choice('APP_ENV', environments, 'development'),
    host: readHost(settings),
    port: settings.integer('PORT', { fallback: 8000, min: 0, max: 65_535 }),
    healthPort: readHealthPort(settings),
    logLevel: readLogLevel(settings),
    dataDir: resolve(settings.text('PAYONCE_DATA_DIR', '.payonce')),
    intakeBytesMax: settings.integer('INTAKE_BYTES_MAX', {
      fallback: 64 * MEBIBYTE,
      min: WEBHOOK_BODY_BYTES_MAX,
      max: 16_384 * MEBIBYTE,
    }),
  }
}

function readHost(settings: Settings): string {
  const host = settings.text('HOST', '127.0.0.1')
  if (!/^[A-Za-z0-9.:_-]+$/.test(host)) {
    const rule = `must be an address or a host name to listen on, not ${quote(host)}.`
    settings.report('HOST', rule, 'Use 127.0.0.1 for this machine only, 0.0.0.0 for every network.')
  }
  return host
}

function readHealthPort(settings: Settings): number | undefined {
  if (settings.text('HEALTH_PORT') === undefined) return undefined
  return settings.integer('HEALTH_PORT', { fallback: 8001, min: 1, max: 65_535 })
}

/** `DEBUG` is shared with other tools (`DEBUG=express:*`), so only the plain word for yes is ours. */
function readLogLevel(settings: Settings): LogLevel {
  const level = settings.choice('LOG_LEVEL', logLevels, 'info')
  return ['true', '1'].includes(settings.text('DEBUG')?.toLowerCase() ?? '') ? 'debug' : level
}
