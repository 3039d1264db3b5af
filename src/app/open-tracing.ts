import type { Config } from '../config/config.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Tracing } from '../telemetry/tracing.ts'

/** Undefined unless an endpoint is configured; only then is OpenTelemetry loaded. */
export async function openTracing(deps: {
  config: Config
  logger: Logger
  metrics: Metrics
  version: string
  mask: (text: string) => string
}): Promise<Tracing | undefined> {
  const { config, logger, metrics, version, mask } = deps
  if (config.tracing === undefined) return undefined
  const { headers, url, ...options } = config.tracing
  const { openOtelTracing } = await import('../telemetry/otel-tracing.ts')
  const revealed = Object.entries(headers).map(([name, value]) => [name, value.reveal()] as const)
  return openOtelTracing({
    ...options,
    url,
    headers: Object.fromEntries(revealed),
    version,
    environment: config.environment,
    mask,
    telemetry: {
      spansExported: metrics.spansExported,
      spansDropped: metrics.spansDropped,
      onExportState: (ok, reason) =>
        ok
          ? logger.info({ url }, 'the trace collector is back')
          : logger.warn({ url, reason }, 'traces cannot be exported'),
    },
  })
}
