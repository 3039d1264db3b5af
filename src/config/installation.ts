import { Secret } from './secrets.ts'
import type { AppEnvironment } from './server.ts'
import { quote, type Settings } from './settings.ts'

export type InstallationConfig = {
  /** part of every key sent to a provider; it must outlive the database, so that a restore repeats the same keys */
  installationId?: string
  /** what an empty database starts with */
  bootstrap: { apiKey?: Secret; merchant: string }
}

const API_KEY_LENGTH_MIN = 24
const MERCHANT_LENGTH_MAX = 200

export function readInstallation(
  settings: Settings,
  environment: AppEnvironment,
): InstallationConfig {
  const installationId = readInstallationId(settings, environment)
  const apiKey = settings.text('BOOTSTRAP_API_KEY')
  if (apiKey !== undefined && !(/^[\x21-\x7e]+$/.test(apiKey) && isLong(apiKey))) {
    settings.report(
      'BOOTSTRAP_API_KEY',
      `must have at least ${API_KEY_LENGTH_MIN} visible ASCII characters and no spaces.`,
      'Generate one with `openssl rand -hex 24`, or remove it to have one made and printed once.',
    )
  }
  const merchant = settings.text('BOOTSTRAP_MERCHANT', 'Default merchant')
  if (merchant.length > MERCHANT_LENGTH_MAX) {
    const rule = `must have at most ${MERCHANT_LENGTH_MAX} characters.`
    settings.report('BOOTSTRAP_MERCHANT', rule, 'Shorten it.')
  }
  return {
    ...(installationId !== undefined && { installationId }),
    bootstrap: { ...(apiKey !== undefined && { apiKey: new Secret(apiKey) }), merchant },
  }
}

function isLong(apiKey: string): boolean {
  return apiKey.length >= API_KEY_LENGTH_MIN
}

function readInstallationId(settings: Settings, environment: AppEnvironment): string | undefined {
  const id = settings.text('INSTALLATION_ID')
  const fix =
    'Set a value that stays the same for ever and differs per installation, for example from `uuidgen`.'
  if (id === undefined && environment === 'production') {
    const rule =
      'is required in production: a payment repeated after a restore must repeat its key.'
    settings.report('INSTALLATION_ID', rule, fix)
  }
  if (id !== undefined && !/^[A-Za-z0-9._-]{1,64}$/.test(id)) {
    const rule = `must be 1 to 64 letters, digits, dots, dashes or underscores, not ${quote(id)}.`
    settings.report('INSTALLATION_ID', rule, fix)
  }
  return id
}
