import { CACHE_VALUE_BYTES_MAX, type Cache } from '../access/cache.ts'

const ENTRY_COUNT_MAX = 1_000
/** How many old entries one new entry looks at: more than one, so that what has expired does not pile up. */
const SWEEP_COUNT_MAX = 4

/**
 * A cache inside this process. Bounded: the oldest entry goes first.
 *
 * @param nowMs a monotonic clock
 */
export function openMemoryCache(options: { nowMs: () => number; entryCountMax?: number }): Cache {
  const { nowMs, entryCountMax = ENTRY_COUNT_MAX } = options
  const entries = new Map<string, { value: Buffer; untilMs: number }>()

  const sweep = () => {
    let looked = 0
    for (const [name, { untilMs }] of entries) {
      if (looked++ === SWEEP_COUNT_MAX || nowMs() < untilMs) break
      entries.delete(name)
    }
    const oldest = entries.keys().next()
    if (entries.size > entryCountMax && !oldest.done) entries.delete(oldest.value)
  }

  return {
    get: async (name) => {
      const found = entries.get(name)
      if (found === undefined) return { outcome: 'miss' }
      if (nowMs() < found.untilMs) return { outcome: 'hit', value: Buffer.from(found.value) }
      entries.delete(name)
      return { outcome: 'miss' }
    },
    set: async (name, value, ttlMs) => {
      if (value.length > CACHE_VALUE_BYTES_MAX || ttlMs <= 0) return false
      entries.delete(name)
      entries.set(name, { value: Buffer.from(value), untilMs: nowMs() + ttlMs })
      sweep()
      return true
    },
    delete: async (name) => {
      entries.delete(name)
      return true
    },
  }
}
