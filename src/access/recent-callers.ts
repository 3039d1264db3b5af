const RECENT_MS_MAX = 10_000
const RECENT_COUNT_MAX = 1_000

/** Remembers who called, for at most 10 s: a revoked key stops working within that time. */
export type RecentCallers<Caller> = {
  find(keyDigest: string): Caller | undefined
  keep(keyDigest: string, caller: Caller): void
}

/** Bounded: the oldest goes first. Only keys that exist are kept, so that nobody can fill it with guesses. */
export function openRecentCallers<Caller>(nowMs: () => number): RecentCallers<Caller> {
  const recent = new Map<string, { caller: Caller; untilMs: number }>()
  return {
    find(keyDigest) {
      const found = recent.get(keyDigest)
      if (found === undefined) return undefined
      if (nowMs() < found.untilMs) return found.caller
      recent.delete(keyDigest)
      return undefined
    },
    keep(keyDigest, caller) {
      recent.delete(keyDigest)
      recent.set(keyDigest, { caller, untilMs: nowMs() + RECENT_MS_MAX })
      const oldest = recent.keys().next()
      if (recent.size > RECENT_COUNT_MAX && !oldest.done) recent.delete(oldest.value)
    },
  }
}
