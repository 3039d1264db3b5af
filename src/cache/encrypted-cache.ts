import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import type { Cache } from '../access/cache.ts'

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
export const ENCRYPTION_BYTES = NONCE_BYTES + TAG_BYTES

/**
 * A cache whose store may be read and written by anybody: who reads it learns how many entries there are and how long
 * they are; who writes to it can drop entries and put old ones back, and cannot make one up, change one, or pass one
 * off under another name. Names are hashed under the secret, so that nobody can try guesses against them.
 */
export function encryptCache(store: Cache, secret: Buffer): Cache {
  const derive = (purpose: 'name' | 'key', name: string) =>
    createHmac('sha256', secret).update(`payonce encrypted cache ${purpose}\0${name}`).digest()
  const hidden = (name: string) => derive('name', name).toString('base64url')

  return {
    get: async (name) => {
      const answer = await store.get(hidden(name))
      if (answer.outcome !== 'hit') return answer
      const value = decrypt(answer.value, derive('key', name))
      return value === undefined ? { outcome: 'refused' } : { outcome: 'hit', value }
    },
    set: (name, value, ttlMs) =>
      store.set(hidden(name), encrypt(value, derive('key', name)), ttlMs),
    delete: (name) => store.delete(hidden(name)),
  }
}

/** Each name has a key of its own, so that nonces made by chance meet only if one name is written for ever. */
function encrypt(value: Buffer, key: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, key, nonce)
  const hidden = [cipher.update(value), cipher.final()]
  return Buffer.concat([nonce, cipher.getAuthTag(), ...hidden])
}

/** Undefined: these are not the bytes that were put under this name. */
function decrypt(stored: Buffer, key: Buffer): Buffer | undefined {
  if (stored.length < ENCRYPTION_BYTES) return undefined
  const decipher = createDecipheriv(CIPHER, key, stored.subarray(0, NONCE_BYTES))
  decipher.setAuthTag(stored.subarray(NONCE_BYTES, ENCRYPTION_BYTES))
  const value = decipher.update(stored.subarray(ENCRYPTION_BYTES))
  try {
    return Buffer.concat([value, decipher.final()])
  } catch {
    return undefined
  }
}
