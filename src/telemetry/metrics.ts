import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { type CacheMetrics, createCacheMetrics } from './cache-metrics.ts'
import { createDepthGauges, type Depths, type ReadDepths } from './depth-gauges.ts'
import { createEventLoopGauge } from './event-loop-gauge.ts'
import { createRequestMetrics, type RequestMetrics } from './request-metrics.ts'
import { createWebhookMetrics, type WebhookMetrics } from './webhook-metrics.ts'
import { createWorkerMetrics, type WorkerMetrics } from './worker-metrics.ts'

export type { Depths, ReadDepths }

export type MetricsOptions = {
  version: string
  environment: string
  /** provider event types that get a series of their own; any other counts as `other`, so that callers cannot grow the page */
  knownTypes: ReadonlySet<string>
  /** told when the depths could not be read; their gauges are then left out */
  onDepthsUnknown?: (error: unknown) => void
}

export type Metrics = WebhookMetrics &
  RequestMetrics &
  WorkerMetrics &
  CacheMetrics & {
    /** Says where queue depths come from; asked once per scrape. Until then the gauges are left out. */
    setDepthsSource(read: ReadDepths): void
    /** The page for Prometheus. It is served even while the database is away. */
    render(): Promise<{ contentType: string; body: string }>
    [Symbol.dispose](): void
  }

/** Metrics of one application: nothing is global, so that tests and several applications do not meet. */
export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const depths = createDepthGauges(registry, options.onDepthsUnknown)
  const eventLoop = createEventLoopGauge(registry)
  new Gauge({
    name: 'build_info',
    help: 'Always 1; the labels say what is running.',
    labelNames: ['version', 'environment'],
    registers: [registry],
  }).set({ version: options.version, environment: options.environment }, 1)

  return {
    ...createWebhookMetrics(registry, options.knownTypes),
    ...createRequestMetrics(registry),
    ...createWorkerMetrics(registry),
    ...createCacheMetrics(registry),
    setDepthsSource: depths.setSource,
    async render() {
      await depths.refresh()
      eventLoop.refresh()
      return { contentType: registry.contentType, body: await registry.metrics() }
    },
    [Symbol.dispose]() {
      eventLoop[Symbol.dispose]()
      registry.clear()
    },
  }
}
