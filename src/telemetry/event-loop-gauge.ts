import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Gauge, type Registry } from 'prom-client'

const RESOLUTION_MS = 10
const NANOSECONDS = 1e9
const percentiles = { '0.5': 50, '0.99': 99, '1': 100 }

/** How late timers fire: the first sign that the process has more to do than one core gives. */
export function createEventLoopGauge(registry: Registry) {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
  const gauge = new Gauge({
    name: 'event_loop_delay_seconds',
    help: 'Delay of the event loop since the last scrape, by quantile.',
    labelNames: ['quantile'],
    registers: [registry],
  })
  return {
    refresh(): void {
      for (const [quantile, percentile] of Object.entries(percentiles)) {
        // The histogram times whole ticks; what exceeds the tick itself is the delay.
        const seconds = histogram.percentile(percentile) / NANOSECONDS - RESOLUTION_MS / 1000
        gauge.set({ quantile }, Math.max(0, seconds))
      }
      histogram.reset()
    },
    [Symbol.dispose](): void {
      histogram.disable()
    },
  }
}
