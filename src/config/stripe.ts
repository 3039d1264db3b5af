import { isLoopback } from './networks.ts'
import { Secret } from './secrets.ts'
import type { AppEnvironment } from './server.ts'
import { quote, type Settings } from './settings.ts'

export type StripeConfig = {
  secretKey?: Secret
  publishableKey?: string
  /** every secret that may have signed a webhook; several while one is being rotated */
  webhookSecrets: Secret[]
  /** where the Stripe API answers; absent means Stripe itself */
  apiBase?: string
}

type Mode = 'live' | 'test'

export function readStripe(settings: Settings, environment: AppEnvironment): StripeConfig {
  const secretKey = settings.text('STRIPE_SECRET_KEY')
  const publishableKey = settings.text('STRIPE_PUBLISHABLE_KEY')
  checkKeys(settings, { secretKey, publishableKey, environment })
  const apiBase = readApiBase(settings)
  return {
    ...(secretKey !== undefined && { secretKey: new Secret(secretKey) }),
    ...(publishableKey !== undefined && { publishableKey }),
    webhookSecrets: readWebhookSecrets(settings, environment),
    ...(apiBase !== undefined && { apiBase }),
  }
}

function checkKeys(
  settings: Settings,
  given: {
    secretKey: string | undefined
    publishableKey: string | undefined
    environment: AppEnvironment
  },
): void {
  const secretMode = modeOf(given.secretKey, /^[sr]k_(live|test)_\w+$/)
  const publishableMode = modeOf(given.publishableKey, /^pk_(live|test)_\w+$/)
  const fix = 'Copy it again from the Stripe dashboard, Developers, API keys.'
  if (given.secretKey !== undefined && secretMode === undefined) {
    settings.report('STRIPE_SECRET_KEY', 'must start with sk_test_, sk_live_ or rk_….', fix)
  }
  if (given.publishableKey !== undefined && publishableMode === undefined) {
    settings.report('STRIPE_PUBLISHABLE_KEY', 'must start with pk_test_ or pk_live_.', fix)
  }
  if (secretMode === 'live' && given.environment !== 'production') {
    settings.report(
      'STRIPE_SECRET_KEY',
      'is a live key outside production, where tests would move real money.',
      'Use a test key, or set APP_ENV=production.',
    )
  }
  if (secretMode && publishableMode && secretMode !== publishableMode) {
    settings.report(
      'STRIPE_SECRET_KEY, STRIPE_PUBLISHABLE_KEY',
      `must be of the same mode, not ${secretMode} and ${publishableMode}.`,
      'Copy both from the same Stripe dashboard view.',
    )
  }
}

function modeOf(key: string | undefined, form: RegExp): Mode | undefined {
  const mode = form.exec(key ?? '')?.[1]
  return mode === 'live' || mode === 'test' ? mode : undefined
}

function readWebhookSecrets(settings: Settings, environment: AppEnvironment): Secret[] {
  const secrets = settings.list('STRIPE_WEBHOOK_SECRET')
  const fix =
    'Copy it from the Stripe dashboard, Webhooks, Signing secret, or from `stripe listen`; several are separated by commas.'
  if (secrets.length === 0 && environment === 'production') {
    settings.report('STRIPE_WEBHOOK_SECRET', 'is required in production.', fix)
  }
  const wrong = secrets.findIndex((secret) => !/^whsec_[\x21-\x7e]+$/.test(secret))
  if (wrong >= 0) {
    settings.report('STRIPE_WEBHOOK_SECRET', `number ${wrong + 1} must start with whsec_.`, fix)
  }
  return secrets.map((secret) => new Secret(secret))
}

function readApiBase(settings: Settings): string | undefined {
  const given = settings.text('STRIPE_API_BASE')
  if (given === undefined) return undefined
  const url = URL.parse(given)
  const encrypted = url?.protocol === 'https:'
  const local = url?.protocol === 'http:' && isLoopback(url.hostname)
  if (url === null || url.username !== '' || !(encrypted || local)) {
    settings.report(
      'STRIPE_API_BASE',
      `must be an https address, or http on this machine, not ${url?.username ? 'one with a password' : quote(given)}.`,
      'Remove it to use Stripe, or point it at the sandbox, for example http://127.0.0.1:12111.',
    )
  }
  return given.replace(/\/+$/, '')
}
