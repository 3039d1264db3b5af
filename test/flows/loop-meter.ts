import { monitorEventLoopDelay } from 'node:perf_hooks'

const SAMPLE_MS = 1

export type LoopState = {
  /** longest time between two turns by the clock, other programs' use of the processor included */
  delayMsMax: number
  /** longest time between two turns that this thread spent working: what the server itself is to blame for */
  busyMsMax: number
}

/** Measures how long the event loop of this thread stands still at most. */
export function openLoopMeter() {
  const delay = monitorEventLoopDelay({ resolution: SAMPLE_MS })
  delay.enable()
  let busyUsMax = 0
  let lastUs = workedUs()
  setInterval(() => {
    const nowUs = workedUs()
    busyUsMax = Math.max(busyUsMax, nowUs - lastUs)
    lastUs = nowUs
  }, SAMPLE_MS).unref()
  return {
    reset: () => {
      delay.reset()
      busyUsMax = 0
    },
    read: (): LoopState => ({ delayMsMax: delay.max / 1e6, busyMsMax: busyUsMax / 1000 }),
  }
}

/** Node 22 cannot tell a thread's own time; there the clock stands in. */
function workedUs(): number {
  if (typeof process.threadCpuUsage !== 'function') return performance.now() * 1000
  const { user, system } = process.threadCpuUsage()
  return user + system
}
