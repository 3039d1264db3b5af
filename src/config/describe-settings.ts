import { readSettings } from './config.ts'
import type { ConfigProblem } from './config-error.ts'
import { Secret } from './secrets.ts'
import type { Environment } from './settings.ts'

/** One setting as a person may see it. */
export type DescribedSetting = { variable: string; value: string | null; source: string }
export type DescribedSettings = {
  settings: DescribedSetting[]
  problems: readonly ConfigProblem[]
}

const secretName = /SECRET|PASSWORD|TOKEN|CREDENTIAL|HEADERS|(?<!PUBLISHABLE)_KEY$|^KEY/
const MASK = '[secret]'

/**
 * Every setting with its value and where that comes from, also when some are wrong. A value that the configuration
 * takes for a secret is never shown, nor one whose name says so; of an address the password is left out.
 */
export function describeSettings(
  environment: Environment,
  sourceOf: (variable: string) => string | undefined,
): DescribedSettings {
  const { config, settings } = readSettings(environment)
  const secrets = new Set(secretsOf(config))
  const described = [...settings.readings].map(([variable, value]) => ({
    variable,
    value: value === undefined ? null : shownValue(variable, value, secrets),
    source:
      value === undefined ? 'not set' : (givenSource(environment, variable, sourceOf) ?? 'default'),
  }))
  return { settings: described, problems: settings.problems }
}

/** A variable that is there and blank counts as not set. */
function givenSource(
  environment: Environment,
  variable: string,
  sourceOf: (variable: string) => string | undefined,
): string | undefined {
  return environment[variable]?.trim() ? sourceOf(variable) : undefined
}

function shownValue(variable: string, value: string, secrets: ReadonlySet<string>): string {
  const url = URL.parse(value)
  if (url !== null && url.host !== '') return withoutPassword(url)
  const isSecret =
    secretName.test(variable) || value.split(',').some((part) => secrets.has(part.trim()))
  if (!isSecret) return value
  const count = value.split(',').length
  return count === 1 ? MASK : `${count} times ${MASK}`
}

/** Parameters may hold a password too, and only the way of encryption is news. */
function withoutPassword(url: URL): string {
  const password = url.password === '' ? '' : `:${MASK}`
  const user = url.username === '' && password === '' ? '' : `${url.username}${password}@`
  const sslmode = url.searchParams.get('sslmode')
  const query = sslmode === null ? '' : `?sslmode=${sslmode}`
  return `${url.protocol}//${user}${url.host}${url.pathname}${query}`
}

function secretsOf(value: unknown): string[] {
  if (value instanceof Secret) return [value.reveal()]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(secretsOf) : []
}
