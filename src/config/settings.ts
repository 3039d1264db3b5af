import { inspect } from 'node:util'
import type { ConfigProblem } from './config-error.ts'

/** Variables as given by the operating system or a `.env` file. */
export type Environment = Readonly<Record<string, string | undefined>>

const QUOTED_LENGTH_MAX = 60

/**
 * Reads single variables and collects what is wrong with them instead of throwing at the first.
 * A variable that is empty or blank counts as unset, because container files pass `NAME=` for "not given".
 */
export class Settings {
  readonly #environment: Environment
  readonly problems: ConfigProblem[] = []
  /** every variable that was asked for, with the value it has by itself or by default */
  readonly readings = new Map<string, string | undefined>()

  constructor(environment: Environment) {
    this.#environment = environment
  }

  report(variable: string, rule: string, fix: string): void {
    this.problems.push({ variable, rule, fix })
  }

  text(variable: string): string | undefined
  text(variable: string, fallback: string): string
  text(variable: string, fallback?: string): string | undefined {
    const value = this.#environment[variable]?.trim()
    const effective = value === '' ? fallback : (value ?? fallback)
    this.readings.set(variable, effective)
    return effective
  }

  /** A whole number in decimal digits; a unit or a fraction is refused rather than guessed. */
  integer(variable: string, bounds: { fallback: number; min: number; max: number }): number {
    const { fallback, min, max } = bounds
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
    const given = this.text(variable, fallback)
    const word = words.find((candidate) => candidate === given.toLowerCase())
    if (word !== undefined) return word
    const rule = `must be one of ${words.join(', ')}, not ${quote(given)}.`
    this.report(variable, rule, `Remove it for the default ${fallback}, or choose one of them.`)
    return fallback
  }

  /** The comma-separated parts, trimmed, without repeats. */
  list(variable: string): string[] {
    const parts = (this.text(variable) ?? '').split(',').map((part) => part.trim())
    return [...new Set(parts.filter((part) => part !== ''))]
  }
}

/** A given value for a message, shortened; only for variables that hold no secret. */
export function quote(value: string): string {
  return inspect(value.length > QUOTED_LENGTH_MAX ? `${value.slice(0, QUOTED_LENGTH_MAX)}…` : value)
}
