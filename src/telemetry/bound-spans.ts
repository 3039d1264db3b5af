import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace'
import type { TracingTelemetry } from './tracing.ts'

/** Spans that wait or are being sent; beyond it they are dropped and counted. */
const SPAN_COUNT_MAX = 2_048
const EXPORT_COUNT_MAX = 512

const SUCCESS = 0

/**
 * A processor that holds at most so many spans, those on the wire included, and counts what leaves and what is
 * dropped. A collector that is slow, silent or gone costs spans and nothing else.
 */
export function boundSpans(
  exporter: SpanExporter,
  telemetry: TracingTelemetry,
  makeProcessor: (
    exporter: SpanExporter,
    bounds: { maxQueueSize: number; maxExportBatchSize: number },
  ) => SpanProcessor,
): SpanProcessor {
  let heldCount = 0
  let isFailing = false
  const report = (ok: boolean, reason: string) => {
    if (ok !== isFailing) return
    isFailing = !ok
    telemetry.onExportState(ok, reason)
  }
  const counted: SpanExporter = {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        heldCount -= spans.length
        if (result.code === SUCCESS) telemetry.spansExported(spans.length)
        else telemetry.spansDropped('export_failed', spans.length)
        report(result.code === SUCCESS, result.error?.message ?? '')
        done(result)
      }),
    shutdown: () => exporter.shutdown(),
  }
  const inner = makeProcessor(counted, {
    maxQueueSize: SPAN_COUNT_MAX,
    maxExportBatchSize: EXPORT_COUNT_MAX,
  })
  return {
    onStart: (span, context) => inner.onStart(span, context),
    onEnd: (span: ReadableSpan) => {
      if (heldCount >= SPAN_COUNT_MAX) {
        telemetry.spansDropped('queue_full', 1)
        return
      }
      heldCount++
      inner.onEnd(span)
    },
    forceFlush: () => inner.forceFlush(),
    shutdown: () => inner.shutdown(),
  }
}
