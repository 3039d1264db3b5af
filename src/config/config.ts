/**
 * Configuration: read once, checked whole, grouped; every secret is of the type `Secret`.
 *
 * In: environment variables. Out: `Config`, or one `ConfigError` that lists every problem.
 * Promise: what `readConfig` returns is complete and free of conflicts; nobody downstream checks again.
 * Imports nothing of ours.
 */
import { ConfigError } from './config-error.ts'
import { type DatabaseConfig, readDatabase } from './database.ts'
import { readHandlersPath } from './handlers.ts'
import { type InstallationConfig, readInstallation } from './installation.ts'
import { readNetworks } from './networks.ts'
import { readWebhookMode, type WebhookMode } from './pipeline.ts'
import { type ProviderConfig, readProvider } from './provider.ts'
import { type RedisNode, readRedis } from './redis.ts'
import { type RetryConfig, readRetry } from './retry.ts'
import { readSandbox, type SandboxConfig } from './sandbox.ts'
import { readServer, type ServerConfig } from './server.ts'
import { type Environment, type SettingDeclaration, Settings } from './settings.ts'
import { readStripe, type StripeConfig } from './stripe.ts'
import { readTracing, type TracingConfig } from './tracing.ts'

export type Config = ServerConfig &
  DatabaseConfig &
  InstallationConfig &
  ProviderConfig & {
    /** empty: no Redis, which costs speed between processes and nothing else */
    redis: RedisNode[]
    stripe: StripeConfig
    /** undefined: nothing stands in for Stripe */
    sandbox: SandboxConfig | undefined
    /** networks a provider's webhook may come from; empty means any */
    webhookOrigins: string[]
    /** networks whose `X-Forwarded-For` is believed; empty means none */
    trustedProxies: string[]
    retry: RetryConfig
    webhookMode: WebhookMode
    /** undefined: traces are not exported */
    tracing: TracingConfig | undefined
    /** absolute path of the user's module of event handlers */
    handlersPath: string | undefined
  }

/** Every setting there is, with its form and default, in the order they are read. */
export function listSettings(): SettingDeclaration[] {
  const settings = new Settings({})
  readAll(settings)
  return [...settings.declarations.values()]
}

/**
 * Variables that are not ours are ignored.
 *
 * @throws ConfigError naming every missing, malformed or conflicting variable, one a line
 */
export function readConfig(environment: Environment): Config {
  const { config, settings } = readSettings(environment)
  if (settings.problems.length > 0) throw new ConfigError(settings.problems)
  return config
}

/** The configuration as far as it can be read, with what is wrong with it; only for showing. */
export function readSettings(environment: Environment): { config: Config; settings: Settings } {
  const settings = new Settings(environment)
  return { config: readAll(settings), settings }
}

function readAll(settings: Settings): Config {
  const server = readServer(settings)
  const database = readDatabase(settings, server)
  const installation = readInstallation(settings, server.environment)
  const stripe = readStripe(settings, server.environment)
  return {
    ...server,
    ...database,
    ...installation,
    redis: readRedis(settings),
    ...readProvider(settings),
    stripe,
    sandbox: readSandbox(settings, server.environment, stripe),
    webhookOrigins: readNetworks(settings, 'WEBHOOK_ALLOWED_ORIGINS'),
    trustedProxies: readNetworks(settings, 'TRUSTED_PROXIES'),
    retry: readRetry(settings),
    webhookMode: readWebhookMode(settings),
    tracing: readTracing(settings),
    handlersPath: readHandlersPath(settings),
  }
}
