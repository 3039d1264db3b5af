import type { Config } from './config.ts'
import { showRedisNode } from './redis.ts'
import type { Secret } from './secrets.ts'

/** The settings in force as aligned lines, for the start-up banner and support; secrets show only that they are set. */
export function printConfig(config: Config): string {
  const rows = describe(config)
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
}

function describe(config: Config): Array<[name: string, value: string]> {
  const { database, stripe, retry, bootstrap } = config
  return [
    ['environment', config.environment],
    ['listens on', `${config.host}:${config.port === 0 ? 'any free port' : config.port}`],
    [
      'worker health',
      config.healthPort === undefined ? 'not shown' : `${config.host}:${config.healthPort}`,
    ],
    ['log level', config.logLevel],
    ['data folder', config.dataDir],
    [
      'database',
      database.kind === 'embedded' ? `embedded in ${database.dataDir}` : `${database.url}`,
    ],
    ['database pool', `${config.databasePoolSize} + ${config.databaseMaxOverflow} overflow`],
    ['redis', config.redis.map(showRedisNode).join(', ') || 'not set'],
    ['installation id', config.installationId ?? 'kept in the data folder'],
    ['stripe secret key', shown(stripe.secretKey)],
    ['stripe publishable key', stripe.publishableKey ?? 'not set'],
    ['stripe webhook secrets', `${stripe.webhookSecrets.length}`],
    ['stripe api', stripe.apiBase ?? 'default'],
    ['webhook origins', config.webhookOrigins.join(', ') || 'any'],
    ['trusted proxies', config.trustedProxies.join(', ') || 'none'],
    ['webhook mode', config.webhookMode],
    ['intake bytes', `${config.intakeBytesMax}`],
    [
      'event retries',
      `${retry.countMax}, ${retry.immediateCount} at once, then ${retry.baseSeconds} s to ${retry.delaySecondsMax} s, jitter ${retry.jitterRatio}`,
    ],
    ['traces to', config.tracing?.url ?? 'nowhere'],
    ['handlers', config.handlersPath ?? 'none'],
    ['first merchant', bootstrap.merchant],
    ['first api key', shown(bootstrap.apiKey)],
  ]
}

function shown(secret: Secret | undefined): string {
  return secret === undefined ? 'not set' : `${secret}`
}
