import { collectDefaultMetrics, Gauge, type MetricObject, Registry } from 'prom-client'
import { type CacheMetrics, createCacheMetrics } from './cache-metrics.ts'
import { createDepthGauges, type Depths, type ReadDepths } from './depth-gauges.ts'
import { createEventLoopGauge } from './event-loop-gauge.ts'
import { createHandlerMetrics, type HandlerMetrics } from './handler-metrics.ts'
import { createPaymentMetrics, type PaymentMetrics } from './payment-metrics.ts'
import { createRequestMetrics, type RequestMetrics } from './request-metrics.ts'
import { createWebhookMetrics, type WebhookMetrics } from './webhook-metrics.ts'
import { createWorkerMetrics, type WorkerMetrics } from './worker-metrics.ts'

export type { Depths, ReadDepths }

export type MetricDescription = { name: string; type: string; help: string; labels: string[] }

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
  PaymentMetrics &
  WorkerMetrics &
  CacheMetrics &
  HandlerMetrics & {
    /** Says where queue depths come from; asked once per scrape. Until then the gauges are left out. */
    setDepthsSource(read: ReadDepths): void
    /** The page for Prometheus. It is served even while the database is away. */
    render(): Promise<{ contentType: string; body: string }>
    /** Every series of ours, for the reference: what it is called, counts and is labelled with. */
    describe(): MetricDescription[]
    [Symbol.dispose](): void
  }

/** Metrics of one application: nothing is global, so that tests and several applications do not meet. */
export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const usual = new Set(registry.getMetricsAsArray().map((metric) => metric.name))
  const depths = createDepthGauges(registry, options.onDepthsUnknown)
  const eventLoop = createEventLoopGauge(registry)
  const { refreshHandlerDepths, ...handlerMetrics } = createHandlerMetrics(registry)
  new Gauge({
    name: 'build_info',
    help: 'Always 1; the labels say what is running.',
    labelNames: ['version', 'environment'],
    registers: [registry],
  }).set({ version: options.version, environment: options.environment }, 1)

  return {
    ...createWebhookMetrics(registry, options.knownTypes),
    ...createRequestMetrics(registry),
    ...createPaymentMetrics(registry),
    ...createWorkerMetrics(registry),
    ...createCacheMetrics(registry),
    ...handlerMetrics,
    setDepthsSource: depths.setSource,
    async render() {
      await Promise.all([depths.refresh(), refreshHandlerDepths()])
      eventLoop.refresh()
      return { contentType: registry.contentType, body: await registry.metrics() }
    },
    describe: () =>
      registry
        .getMetricsAsArray()
        .filter((metric) => !usual.has(metric.name))
        .map(describeMetric)
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    [Symbol.dispose]() {
      eventLoop[Symbol.dispose]()
      registry.clear()
    },
  }
}

/** prom-client keeps type and labels where its types do not show them. */
function describeMetric(metric: MetricObject): MetricDescription {
  const { name, help } = metric
  const labels = 'labelNames' in metric ? (metric.labelNames as string[]) : []
  return { name, help, type: metric.constructor.name.toLowerCase(), labels: [...labels] }
}
