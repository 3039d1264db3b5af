/**
 * The text of an API key, and the public prefix it is looked up by.
 *
 * Ours: `payonce_<mode>_<43 base62 characters>`; the prefix is the mode and the first 8 of them. A key somebody
 * chose has no part that may be public, so its prefix comes from a digest of the whole.
 */
import { hash, randomInt } from 'node:crypto'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
// 43 of 62 characters hold 256 bits.
const RANDOM_CHARACTERS = 43
const OWN_FORM = /^(payonce_(?:test|live)_[0-9A-Za-z]{8})[0-9A-Za-z]{24,}$/
const CUSTOM_PREFIX_HEX_CHARACTERS = 16
const KEY_CHARACTERS_MIN = 24
const KEY_CHARACTERS_MAX = 255

export function generateKeyText(livemode: boolean): string {
  let chance = ''
  for (let index = 0; index < RANDOM_CHARACTERS; index++) {
    chance += BASE62.charAt(randomInt(BASE62.length))
  }
  return `payonce_${livemode ? 'live' : 'test'}_${chance}`
}

/** Undefined: too short or too long to be a key of anybody. */
export function prefixOf(keyText: string): string | undefined {
  if (keyText.length < KEY_CHARACTERS_MIN || keyText.length > KEY_CHARACTERS_MAX) return undefined
  const own = OWN_FORM.exec(keyText)?.[1]
  if (own !== undefined) return own
  // Another digest than the stored one, so that the public prefix tells nothing of that one.
  const digest = hash('sha256', `payonce key prefix\0${keyText}`)
  return `custom_${digest.slice(0, CUSTOM_PREFIX_HEX_CHARACTERS)}`
}

export function digestOf(keyText: string): Buffer {
  return hash('sha256', keyText, 'buffer')
}

/** The mode a key of our form says; undefined for a chosen one. */
export function modeOf(keyText: string): 'test' | 'live' | undefined {
  if (!OWN_FORM.test(keyText)) return undefined
  return keyText.startsWith('payonce_live_') ? 'live' : 'test'
}
