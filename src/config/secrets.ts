import { inspect } from 'node:util'

const MASK = '[secret]'

/**
 * A value that prints as `[secret]` wherever it ends up: string, JSON, `console.log`, an error message.
 * The private field keeps it out of `Object.keys` and of structured clones as well.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself, for the one place that hands it to a provider, the database or a hash. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return MASK
  }

  toJSON(): string {
    return MASK
  }

  [inspect.custom](): string {
    return MASK
  }
}
