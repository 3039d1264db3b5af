/** Tracing by OpenTelemetry. Import it dynamically: loading it costs memory that only a configured export is worth. */
import {
  type Context,
  createTraceState,
  type Link,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { boundSpans } from './bound-spans.ts'
import type { TraceContext } from './traceparent.ts'
import type { Attributes, SpanStart, Tracing, TracingTelemetry } from './tracing.ts'

export type OtelOptions = {
  url: string
  headers: Record<string, string>
  timeoutMs: number
  serviceName: string
  resourceAttributes: Record<string, string>
  sampleRatio: number
  followsParent: boolean
  version: string
  environment: string
  mask: (text: string) => string
  telemetry: TracingTelemetry
}

const CLOSE_WAIT_MS_MAX = 2_000
const EXPORT_DELAY_MS = 1_000
const ATTRIBUTE_LENGTH_MAX = 512

const kinds = {
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
}

export function openOtelTracing(options: OtelOptions): Tracing {
  const { url, headers, timeoutMs, mask } = options
  const exporter = new OTLPTraceExporter({ url, headers, timeoutMillis: timeoutMs })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      ...options.resourceAttributes,
      'service.name': options.serviceName,
      'service.version': options.version,
      'deployment.environment.name': options.environment,
    }),
    sampler: samplerOf(options),
    spanLimits: { attributeValueLengthLimit: ATTRIBUTE_LENGTH_MAX },
    spanProcessors: [
      boundSpans(exporter, options.telemetry, (bounded, bounds) => {
        const more = { scheduledDelayMillis: EXPORT_DELAY_MS, exportTimeoutMillis: timeoutMs }
        return new BatchSpanProcessor({ exporter: bounded, ...bounds, ...more })
      }),
    ],
  })
  const tracer = provider.getTracer('payonce', options.version)
  const masked = (attributes: Attributes): Attributes =>
    Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [
        name,
        typeof value === 'string' ? mask(value) : value,
      ]),
    )

  return {
    startSpan: (start) => {
      const span = tracer.startSpan(mask(start.name), spanOptions(start), contextOf(start.parent))
      // Masking costs, so it is left out where nobody will see the span.
      if (span.isRecording() && start.attributes) span.setAttributes(masked(start.attributes))
      return {
        context: traceContextOf(span.spanContext()),
        end: ({ attributes, error, endMs } = {}) => {
          if (span.isRecording()) {
            if (attributes !== undefined) span.setAttributes(masked(attributes))
            if (error !== undefined)
              span.setStatus({ code: SpanStatusCode.ERROR, message: mask(error) })
          }
          span.end(endMs)
        },
      }
    },
    close: async () => {
      const late = Promise.withResolvers<void>()
      const timer = setTimeout(late.resolve, CLOSE_WAIT_MS_MAX)
      // What cannot be sent any more is counted as dropped by the exporter's own answer.
      const flushed = provider.shutdown().catch(() => undefined)
      await Promise.race([flushed, late.promise])
      clearTimeout(timer)
    },
  }
}

function samplerOf({ sampleRatio, followsParent }: OtelOptions): Sampler {
  const root = new TraceIdRatioBasedSampler(sampleRatio)
  return followsParent ? new ParentBasedSampler({ root }) : root
}

function spanOptions({ kind, links, startMs }: SpanStart) {
  return {
    kind: kinds[kind],
    ...(startMs !== undefined && { startTime: startMs }),
    ...(links && { links: links.map((link): Link => ({ context: spanContextOf(link) })) }),
  }
}

function contextOf(parent: TraceContext | undefined): Context {
  return parent === undefined
    ? ROOT_CONTEXT
    : trace.setSpanContext(ROOT_CONTEXT, { ...spanContextOf(parent), isRemote: true })
}

function spanContextOf({ traceId, spanId, sampled, state }: TraceContext): SpanContext {
  return {
    traceId,
    spanId,
    traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    ...(state !== undefined && { traceState: createTraceState(state) }),
  }
}

function traceContextOf(context: SpanContext): TraceContext {
  return {
    traceId: context.traceId,
    spanId: context.spanId,
    sampled: (context.traceFlags & TraceFlags.SAMPLED) !== 0,
    state: context.traceState?.serialize(),
  }
}
