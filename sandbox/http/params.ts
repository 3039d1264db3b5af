/**
 * The parameters of one call, read by name and type. What is wrong is refused with Stripe's words and the
 * parameter's name; what nobody read is unknown, and refused too, before anything happens.
 */

import type { Extra, Metadata } from '../store/records.ts'
import { invalid, StripeError } from '../stripe/errors.ts'
import type { Form, FormValue } from './form.ts'

const METADATA_COUNT_MAX = 50
const METADATA_KEY_LENGTH_MAX = 40
const METADATA_VALUE_LENGTH_MAX = 500

export class Params {
  readonly #form: Form
  readonly #prefix: string
  readonly #read = new Set<string>()
  readonly #inner: Params[] = []

  constructor(form: Form, prefix = '') {
    this.#form = form
    this.#prefix = prefix
  }

  #name(key: string): string {
    return this.#prefix === '' ? key : `${this.#prefix}[${key}]`
  }

  raw(key: string): FormValue | undefined {
    this.#read.add(key)
    return this.#form[key]
  }

  /** An empty text unsets a field, so it is told apart from an absent one. */
  text(key: string): string | undefined {
    const value = this.raw(key)
    if (value === undefined || typeof value === 'string') return value
    throw invalid(`Invalid string: ${JSON.stringify(value)}`, this.#name(key))
  }

  required(key: string): string {
    const value = this.text(key)
    if (value !== undefined && value !== '') return value
    const name = this.#name(key)
    throw new StripeError(400, 'invalid_request_error', `Missing required param: ${name}.`, {
      code: 'parameter_missing',
      param: name,
    })
  }

  choice<T extends string>(key: string, allowed: readonly T[]): T | undefined {
    const value = this.text(key)
    const found = allowed.find((one) => one === value)
    if (value === undefined || found !== undefined) return found
    throw invalid(`Invalid ${key}: must be one of ${allowed.join(', ')}`, this.#name(key))
  }

  integer(key: string): number | undefined {
    const value = this.text(key)
    if (value === undefined) return undefined
    if (/^-?\d{1,15}$/.test(value)) return Number(value)
    const code = 'parameter_invalid_integer'
    throw invalid(`Invalid integer: ${value.slice(0, 50)}`, this.#name(key), code)
  }

  flag(key: string): boolean | undefined {
    const value = this.text(key)
    if (value === undefined) return undefined
    if (value === 'true' || value === 'false') return value === 'true'
    throw invalid(`Invalid boolean: ${value.slice(0, 50)}`, this.#name(key))
  }

  list(key: string): string[] | undefined {
    const value = this.raw(key)
    if (value === undefined) return undefined
    if (value === '') return []
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
    throw invalid('Invalid array', this.#name(key))
  }

  nested(key: string): Params | undefined {
    const value = this.raw(key)
    if (value === undefined || value === '') return undefined
    if (typeof value === 'string' || Array.isArray(value))
      throw invalid('Invalid object', this.#name(key))
    const inner = new Params(value, this.#name(key))
    this.#inner.push(inner)
    return inner
  }

  /** What to set, and (with an empty value) what to unset; undefined leaves all as it is. */
  metadata(): Metadata | undefined {
    const value = this.raw('metadata')
    if (value === undefined) return undefined
    if (value === '') return {}
    if (typeof value === 'string') throw invalid('Invalid object', 'metadata')
    const entries = Object.entries(value)
    if (entries.length > METADATA_COUNT_MAX)
      throw invalid(`Metadata can have at most ${METADATA_COUNT_MAX} keys`, 'metadata')
    for (const [key, one] of entries) {
      if (typeof one !== 'string') throw invalid('Metadata values must be strings', 'metadata')
      if (key.length > METADATA_KEY_LENGTH_MAX)
        throw invalid('Metadata keys must be under 40 characters', 'metadata')
      if (one.length > METADATA_VALUE_LENGTH_MAX)
        throw invalid('Metadata values must be under 500 characters', `metadata[${key}]`)
    }
    return Object.fromEntries(entries) as Metadata
  }

  /** Parameters that are kept and shown as they came. */
  extra(...keys: string[]): Extra {
    const found = keys.flatMap((key) => {
      const value = this.raw(key)
      return value === undefined ? [] : [[key, value === '' ? null : value] as const]
    })
    return Object.fromEntries(found)
  }

  /** Reads and forgets: parameters that mean nothing here, but are Stripe's. */
  ignore(...keys: string[]): void {
    for (const key of keys) this.#read.add(key)
  }

  assertAllRead(): void {
    for (const inner of this.#inner) inner.assertAllRead()
    const unknown = Object.keys(this.#form).find((key) => !this.#read.has(key))
    if (unknown === undefined) return
    const name = this.#name(unknown)
    const meant = [...this.#read].find((key) => key === `allowed_${unknown}`)
    const advice = meant === undefined ? '' : `. Did you mean ${this.#name(meant)}?`
    throw invalid(`Received unknown parameter: ${name}${advice}`, name, 'parameter_unknown')
  }
}

/** An empty value takes a key away; an empty set takes all. */
export function mergeMetadata(old: Metadata, changes: Metadata | undefined): Metadata {
  if (changes === undefined) return old
  if (Object.keys(changes).length === 0) return {}
  const merged = Object.entries({ ...old, ...changes }).filter(([, value]) => value !== '')
  return Object.fromEntries(merged)
}
