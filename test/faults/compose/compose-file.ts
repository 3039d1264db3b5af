/** compose.yaml as Docker Compose reads it: anchors merged, variables put in. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse } from 'yaml'

export const repository = resolve(import.meta.dirname, '../../..')

export type Service = {
  image?: string
  build?: string
  container_name?: string
  command?: string[]
  environment?: Record<string, string | number>
  depends_on?: Record<string, { condition?: string }>
  healthcheck?: { test?: string[]; interval?: string; timeout?: string; retries?: number }
  volumes?: string[]
}
export type Variable = { name: string; required: boolean; fallback: string | undefined }

const text = readFileSync(resolve(repository, 'compose.yaml'), 'utf8')
const variable = /\$\{([A-Z_]+)(?:(:[-?])([^}]*))?\}/g

export function readVariables(): Variable[] {
  return [...text.matchAll(variable)].map(([, name = '', operator, rest]) => ({
    name,
    required: operator === ':?',
    fallback: operator === ':-' ? rest : undefined,
  }))
}

/** @throws Error for a required variable that is not given, as Compose does */
export function readServices(given: Record<string, string>): Record<string, Service> {
  const file: { services: Record<string, Service> } = parse(text, { merge: true })
  return fillIn(file.services, given) as Record<string, Service>
}

/** Compose fills in the values of the parsed file: an empty one is an empty text, and none of them is YAML. */
function fillIn(value: unknown, given: Record<string, string>): unknown {
  if (typeof value === 'string') {
    return value.replace(variable, (_whole, name: string, operator?: string, rest = '') => {
      const found = given[name] ?? ''
      if (found !== '') return found
      if (operator === ':?') throw new Error(`${name} is required: ${rest}`)
      return operator === ':-' ? rest : ''
    })
  }
  if (Array.isArray(value)) return value.map((one) => fillIn(one, given))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fillIn(one, given)]))
}

/** Those that run our own image. */
export function ownServices(services: Record<string, Service>): [name: string, service: Service][] {
  return Object.entries(services).filter(([, { build }]) => build !== undefined)
}
