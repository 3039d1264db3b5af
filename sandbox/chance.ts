import { hash } from 'node:crypto'

/**
 * Chance without a generator: every choice is a function of (seed, what is chosen, ordinal), so the order in which
 * requests arrive changes nothing about the choices.
 */
export type Chance = {
  readonly seed: number
  /** in [0, 1) */
  fraction(what: string, ordinal: number): number
  /** an integer of [least, most] */
  between(what: string, ordinal: number, least: number, most: number): number
  /** `length` characters of base 62 */
  letters(what: string, ordinal: number, length: number): string
}

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

export function createChance(seed: number): Chance {
  const digest = (what: string, ordinal: number) =>
    hash('sha512', `${seed}/${what}/${ordinal}`, 'buffer')
  const fraction = (what: string, ordinal: number) =>
    digest(what, ordinal).readUIntBE(0, 6) / 2 ** 48
  return {
    seed,
    fraction,
    between: (what, ordinal, least, most) =>
      least + Math.floor(fraction(what, ordinal) * (most - least + 1)),
    letters: (what, ordinal, length) =>
      Array.from(digest(what, ordinal).subarray(0, length), (byte) => alphabet[byte % 62]).join(''),
  }
}
