import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { withinReadTime } from './depth-gauges.ts'

export type HandlerDepth = { name: string; waitingCount: number; deadCount: number }

export type HandlerMetrics = {
  /** One call of a user's handler ended and was settled; `outcome` is one of the few words the runner knows. */
  handlerRun(run: { handler: string; outcome: string }, seconds: number): void
  /** Observations of the user's observers: `delivered`, `failed` or `dropped`. */
  observations(outcome: 'delivered' | 'failed' | 'dropped', count: number): void
  /** Says where the depths come from; asked once per scrape. Until then the gauges are left out. */
  setHandlerDepthsSource(read: ReadHandlerDepths): void
}
export type ReadHandlerDepths = () => Promise<HandlerDepth[]>

const CALL_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

export function createHandlerMetrics(
  registry: Registry,
): HandlerMetrics & { refreshHandlerDepths(): Promise<void> } {
  const registers = [registry]
  const runs = new Counter({
    name: 'handler_runs_total',
    help: "Calls of the user's event handlers by what became of them.",
    labelNames: ['handler', 'outcome'],
    registers,
  })
  const duration = new Histogram({
    name: 'handler_duration_seconds',
    help: "Time of a call of a user's event handler.",
    labelNames: ['handler'],
    buckets: CALL_SECONDS,
    registers,
  })
  const observations = new Counter({
    name: 'observations_total',
    help: "What the user's observers were told, or could not be told.",
    labelNames: ['outcome'],
    registers,
  })
  const depth = (name: string, help: string) =>
    new Gauge({ name, help, labelNames: ['handler'], registers })
  const waiting = depth('handler_queue_depth', 'Events a handler is still owed.')
  const dead = depth('handler_dead_letter_depth', 'Events a handler was given up for.')
  let source: ReadHandlerDepths | undefined
  return {
    handlerRun: (labels, seconds) => {
      runs.inc(labels)
      duration.observe({ handler: labels.handler }, seconds)
    },
    observations: (outcome, count) => observations.inc({ outcome }, count),
    setHandlerDepthsSource: (read) => {
      source = read
    },
    refreshHandlerDepths: async () => {
      // Unknown ones are left out, because an alert on a stale 0 never fires.
      const depths = source === undefined ? [] : await withinReadTime(source()).catch(() => [])
      waiting.reset()
      dead.reset()
      for (const { name, waitingCount, deadCount } of depths) {
        waiting.set({ handler: name }, waitingCount)
        dead.set({ handler: name }, deadCount)
      }
    },
  }
}
