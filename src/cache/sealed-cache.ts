import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Cache } from '../access/cache.ts'

export const SEAL_BYTES = 32

/**
 * A cache whose store nobody has to trust: who can write to the store can drop entries and put old ones back, and
 * cannot make one up, change one, or pass one off under another name. Names are hashed under the secret as well, so
 * that who can read the store cannot try guesses against them. Values can be read there, so they hold no secret.
 */
export function sealCache(store: Cache, secret: Buffer): Cache {
  const mac = (purpose: string, ...parts: Array<string | Buffer>) => {
    const hmac = createHmac('sha256', secret).update(`payonce cache ${purpose}\0`)
    for (const part of parts) hmac.update(part)
    return hmac.digest()
  }
  const hidden = (name: string) => mac('name', name).toString('base64url')
  // The hidden name has one length, so that no byte can move between name and value.
  const sealOf = (hiddenName: string, value: Buffer) => mac('value', hiddenName, value)

  return {
    get: async (name) => {
      const hiddenName = hidden(name)
      const answer = await store.get(hiddenName)
      if (answer.outcome !== 'hit') return answer
      const seal = answer.value.subarray(0, SEAL_BYTES)
      const value = answer.value.subarray(SEAL_BYTES)
      const isOurs = seal.length === SEAL_BYTES && timingSafeEqual(seal, sealOf(hiddenName, value))
      return isOurs ? { outcome: 'hit', value } : { outcome: 'refused' }
    },
    set: (name, value, ttlMs) => {
      const hiddenName = hidden(name)
      return store.set(hiddenName, Buffer.concat([sealOf(hiddenName, value), value]), ttlMs)
    },
    delete: (name) => store.delete(hidden(name)),
  }
}
