import type { Queryable } from '../src/store/db.ts'
import { openNotifier } from '../src/workers/wake-ups.ts'

export type WakeUp = {
  send(): void
  /** resolves when what was sent is out, or after a second: the workers' own poll makes a lost one harmless */
  sent(): Promise<void>
  close(): Promise<void>
}

const WAIT_MS_MAX = 1_000

/**
 * Tells the workers that there is work, before the answer is out: a function may be suspended right after it, and
 * would then hold a connection with half a statement on it.
 */
export function openWakeUp(db: Queryable, onError: (error: unknown) => void): WakeUp {
  const inFlight = new Set<Promise<unknown>>()
  let isClosed = false
  const tracked: Queryable = {
    query: async (statement) => {
      // The notifier may have put one off until after the end.
      if (isClosed) return { rows: [], count: 0 }
      const answer = db.query<never>(statement)
      inFlight.add(answer)
      try {
        return await answer
      } finally {
        inFlight.delete(answer)
      }
    },
  }
  const sent = async () => {
    if (inFlight.size === 0) return
    const late = Promise.withResolvers<void>()
    const timer = setTimeout(late.resolve, WAIT_MS_MAX)
    await Promise.race([Promise.allSettled(inFlight), late.promise])
    clearTimeout(timer)
  }
  return {
    send: openNotifier(tracked, onError),
    sent,
    close: () => {
      isClosed = true
      return sent()
    },
  }
}
