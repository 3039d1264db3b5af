import { CACHE_VALUE_BYTES_MAX, type Cache } from '../access/cache.ts'

const ENTRY_COUNT_MAX = 1_000
const BYTE_COUNT_MAX = 16 * 1024 * 1024
/** How many old entries one new entry looks at: more than one, so that what has expired does not pile up. */
const SWEEP_COUNT_MAX = 4

/**
 * A cache inside this process. Bounded in entries and in the bytes of their values: the oldest goes first.
 *
 * @param nowMs a monotonic clock
 */
export function openMemoryCache(options: {
  nowMs: () => number
  entryCountMax?: number
  byteCountMax?: number
}): Cache {
  const { nowMs, entryCountMax = ENTRY_COUNT_MAX, byteCountMax = BYTE_COUNT_MAX } = options
  const entries = new Map<string, { value: Buffer; untilMs: number }>()
  let byteCount = 0

  const remove = (name: string) => {
    byteCount -= entries.get(name)?.value.length ?? 0
    entries.delete(name)
  }

  const sweep = () => {
    let looked = 0
    for (const [name, { untilMs }] of entries) {
      if (looked++ === SWEEP_COUNT_MAX || nowMs() < untilMs) break
      remove(name)
    }
    for (const name of entries.keys()) {
      if (entries.size <= entryCountMax && byteCount <= byteCountMax) break
      remove(name)
    }
  }

  return {
    get: async (name) => {
      const found = entries.get(name)
      if (found === undefined) return { outcome: 'miss' }
      if (nowMs() < found.untilMs) return { outcome: 'hit', value: Buffer.from(found.value) }
      remove(name)
      return { outcome: 'miss' }
    },
    set: async (name, value, ttlMs) => {
      if (value.length > CACHE_VALUE_BYTES_MAX || ttlMs <= 0) return false
      remove(name)
      byteCount += value.length
      entries.set(name, { value: Buffer.from(value), untilMs: nowMs() + ttlMs })
      sweep()
      return true
    },
    delete: async (name) => {
      remove(name)
      return true
    },
  }
}
