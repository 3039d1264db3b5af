/**
 * Tracing: what work belongs together, told to a collector. It is off until an endpoint is configured; then
 * OpenTelemetry is loaded, and only then. Spans are told after the fact and dropped when nobody takes them:
 * nothing waits for a collector.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { TraceContext } from './traceparent.ts'

export type Attributes = Record<string, string | number | boolean>

export type SpanStart = {
  name: string
  kind: 'server' | 'producer' | 'consumer' | 'client' | 'internal'
  /** the step that caused it; without one a trace begins */
  parent?: TraceContext | undefined
  /** steps of other traces it has to do with */
  links?: TraceContext[]
  attributes?: Attributes
  /** milliseconds since 1970; now unless given */
  startMs?: number
}

export type SpanEnd = { attributes?: Attributes; error?: string | undefined; endMs?: number }
export type Span = { context: TraceContext; end(end?: SpanEnd): void }

export type Tracing = {
  startSpan(start: SpanStart): Span
  /** Waits a bounded time for what is not sent yet. */
  close(): Promise<void>
}

export type TracingTelemetry = {
  spansExported(count: number): void
  spansDropped(reason: 'queue_full' | 'export_failed', count: number): void
  /** told when exporting begins to fail and when it works again */
  onExportState(ok: boolean, reason: string): void
}

export type TimedStatement = { name: string; startMs: number; endMs: number }

const STATEMENT_COUNT_MAX = 100
const statements = new AsyncLocalStorage<TimedStatement[]>()

/** Runs work and remembers the statements it sends to the database, for spans made once it is known to matter. */
export function withStatements<T>(list: TimedStatement[], work: () => T): T {
  return statements.run(list, work)
}

/** A statement has ended just now. */
export function noteStatement(name: string, seconds: number): void {
  const list = statements.getStore()
  if (list === undefined || list.length >= STATEMENT_COUNT_MAX) return
  const endMs = Date.now()
  list.push({ name, startMs: endMs - seconds * 1000, endMs })
}

/** Spans of the statements, below the step that sent them. */
export function tellStatements(tracing: Tracing, parent: TraceContext, list: TimedStatement[]) {
  for (const { name, startMs, endMs } of list) {
    const attributes = { 'db.system.name': 'postgresql', 'db.query.summary': name }
    tracing
      .startSpan({ name: `db ${name}`, kind: 'client', parent, startMs, attributes })
      .end({ endMs })
  }
}
