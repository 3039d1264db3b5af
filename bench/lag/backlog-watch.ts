import { setTimeout } from 'node:timers/promises'
import type pg from 'pg'
import { median } from '../measure/statistics.ts'
import { readBacklog } from './read-lag.ts'

export type Backlog = { medianCount: number; maxCount: number; growth: number }

const SAMPLE_MS = 500
const DRAIN_MS_MAX = 120_000

/** Counts what waits, twice a second, until it is stopped. */
export function watchBacklog(client: pg.Client): { stop: () => Promise<Backlog> } {
  const stopped = new AbortController()
  const samples: number[] = []
  const watch = async () => {
    while (!stopped.signal.aborted) {
      samples.push(await readBacklog(client))
      await setTimeout(SAMPLE_MS, undefined, { signal: stopped.signal }).catch(() => undefined)
    }
  }
  const watching = watch()
  // Awaited in `stop`; until then a lost connection must not count as nobody's error.
  watching.catch(() => undefined)
  return {
    stop: async () => {
      stopped.abort()
      await watching
      const quarter = Math.ceil(samples.length / 4)
      // The first quarter is the start of it; a backlog that grows is larger in the last than in the second.
      const growth = median(samples.slice(-quarter)) - median(samples.slice(quarter, 2 * quarter))
      return { medianCount: median(samples), maxCount: Math.max(...samples), growth }
    },
  }
}

/** Waits until nothing waits. */
export async function drainBacklog(client: pg.Client): Promise<void> {
  const until = performance.now() + DRAIN_MS_MAX
  for (;;) {
    const count = await readBacklog(client)
    if (count === 0) return
    if (performance.now() > until) {
      throw new Error(`${count} events still wait after ${DRAIN_MS_MAX / 1000} s`)
    }
    await setTimeout(5)
  }
}
