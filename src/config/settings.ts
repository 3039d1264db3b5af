import { inspect } from 'node:util'
import type { ConfigProblem } from './config-error.ts'

/** Variables as given by the operating system or a `.env` file. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What a setting may be, as the reader of it declares by reading. */
export type SettingDeclaration = {
  variable: string
  /** what its value looks like: a range, a list of words */
  form: string
  fallback: string | undefined
}

const QUOTED_LENGTH_MAX = 60
const TEXT = 'text'

/**
 * Reads single variables and collects what is wrong with them instead of throwing at the first.
 * A variable that is empty or blank counts as unset, because container files pass `NAME=` for "not given".
 */
export class Settings {
  readonly #environment: Environment
  readonly problems: ConfigProblem[] = []
  /** every variable that was asked for, with the value it has by itself or by default */
  readonly readings = new Map<string, string | undefined>()
  /** every setting that was read, in the order of reading */
  readonly declarations = new Map<string, SettingDeclaration>()

  constructor(environment: Environment) {
    this.#environment = environment
  }

  report(variable: string, rule: string, fix: string): void {
    this.problems.push({ variable, rule, fix })
  }

  #declare(variable: string, form: string, fallback: string | number | undefined): void {
    const known = this.declarations.get(variable)
    const told = fallback === undefined ? undefined : String(fallback)
    // Readers of a more telling kind read the text first or after all.
    if (known === undefined || (known.form === TEXT && form !== TEXT)) {
      this.declarations.set(variable, { variable, form, fallback: told })
    }
  }

  text(variable: string): string | undefined
  text(variable: string, fallback: string): string
  text(variable: string, fallback?: string): string | undefined {
    this.#declare(variable, TEXT, undefined)
    const value = this.#environment[variable]?.trim()
    const effective = value === '' ? fallback : (value ?? fallback)
    this.readings.set(variable, effective)
    return effective
  }

  /** A whole number in decimal digits; a unit or a fraction is refused rather than guessed. */
  integer(variable: string, bounds: { fallback: number; min: number; max: number }): number {
    const { fallback, min, max } = bounds
    this.#declare(variable, `a whole number from ${min} to ${max}`, fallback)
    const given = this.text(variable, String(fallback))
    if (given === String(fallback)) return fallback
    const value = Number(given)
    if (/^\d+$/.test(given) && value >= min && value <= max) return value
    const rule = `must be a whole number from ${min} to ${max}, not ${quote(given)}.`
    this.report(variable, rule, `Remove it for the default ${fallback}, or correct it.`)
    return fallback
  }

  /** A decimal fraction from 0 to 1. */
  ratio(variable: string, fallback: number): number {
    this.#declare(variable, 'a number from 0 to 1', fallback)
    const given = this.text(variable, String(fallback))
    if (given === String(fallback)) return fallback
    const value = Number(given)
    if (/^\d*\.?\d+$/.test(given) && value <= 1) return value
    const rule = `must be a number from 0 to 1, not ${quote(given)}.`
    this.report(variable, rule, `Remove it for the default ${fallback}, or correct it.`)
    return fallback
  }

  /** One of the listed words, in any case. */
  choice<Word extends string>(variable: string, words: readonly Word[], fallback: Word): Word {
    this.#declare(variable, words.map((word) => `\`${word}\``).join(', '), fallback)
    const given = this.text(variable, fallback)
    const word = words.find((candidate) => candidate === given.toLowerCase())
    if (word !== undefined) return word
    const rule = `must be one of ${words.join(', ')}, not ${quote(given)}.`
    this.report(variable, rule, `Remove it for the default ${fallback}, or choose one of them.`)
    return fallback
  }

  /** The comma-separated parts, trimmed, without repeats. */
  list(variable: string): string[] {
    this.#declare(variable, 'a list, separated by commas', undefined)
    const parts = (this.text(variable) ?? '').split(',').map((part) => part.trim())
    return [...new Set(parts.filter((part) => part !== ''))]
  }
}

/** A given value for a message, shortened; only for variables that hold no secret. */
export function quote(value: string): string {
  return inspect(value.length > QUOTED_LENGTH_MAX ? `${value.slice(0, QUOTED_LENGTH_MAX)}…` : value)
}
