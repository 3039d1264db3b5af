import { CACHE_VALUE_BYTES_MAX, type Cache } from '../access/cache.ts'
import type { RedisConnection } from './redis-connection.ts'

/** The first byte of every value: an empty answer is then an absent entry, and what others wrote is known as theirs. */
const FORMAT = 1

/**
 * A cache in a Redis that other processes share.
 *
 * @param options.namespace begins every key, so that installations on one Redis do not meet
 */
export function openRedisCache(options: { connection: RedisConnection; namespace: string }): Cache {
  const { connection, namespace } = options
  const keyOf = (name: string) => `${namespace}${name}`
  return {
    get: async (name) => {
      // A range, because a plain get would bring in whatever somebody has put there, however large.
      const answer = await connection.run((client) =>
        client.getrangeBuffer(keyOf(name), 0, CACHE_VALUE_BYTES_MAX + 1),
      )
      if (answer.outcome !== 'answered') return answer
      const stored = answer.value
      if (stored.length === 0) return { outcome: 'miss' }
      if (stored[0] !== FORMAT || stored.length > CACHE_VALUE_BYTES_MAX + 1) {
        return { outcome: 'refused' }
      }
      return { outcome: 'hit', value: stored.subarray(1) }
    },
    set: async (name, value, ttlMs) => {
      const wholeMs = Math.floor(ttlMs)
      if (value.length > CACHE_VALUE_BYTES_MAX || wholeMs <= 0) return false
      const stored = Buffer.concat([Buffer.of(FORMAT), value])
      const answer = await connection.run((client) =>
        client.set(keyOf(name), stored, 'PX', wholeMs),
      )
      return answer.outcome === 'answered'
    },
    delete: async (name) => {
      const answer = await connection.run((client) => client.del(keyOf(name)))
      return answer.outcome === 'answered'
    },
  }
}
