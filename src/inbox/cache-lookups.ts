const REMEMBERED_MS = 5_000
const ENTRY_COUNT_MAX = 10_000

/**
 * Remembers answers of a lookup for a few seconds, absence included, and lets equal questions share one lookup.
 * A failed lookup is not remembered. Full, it starts empty again: simpler than evicting, and as bounded.
 */
export function cacheLookups<Key extends string, Value>(
  lookUp: (key: Key) => Promise<Value>,
  nowMs: () => number,
): { get(key: Key): Promise<Value>; clear(): void } {
  const known = new Map<Key, { answer: Promise<Value>; untilMs: number }>()
  return {
    get: (key) => {
      const remembered = known.get(key)
      if (remembered !== undefined && nowMs() < remembered.untilMs) return remembered.answer
      if (known.size >= ENTRY_COUNT_MAX) known.clear()
      const answer = lookUp(key)
      const entry = { answer, untilMs: nowMs() + REMEMBERED_MS }
      known.set(key, entry)
      answer.catch(() => {
        if (known.get(key) === entry) known.delete(key)
      })
      return answer
    },
    clear: () => known.clear(),
  }
}
