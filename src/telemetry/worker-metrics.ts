import { Counter, type Registry } from 'prom-client'

export type WorkerMetrics = {
  /** One batch of a worker ended; `outcome` is one of the few words the worker knows. */
  workerBatch(outcome: string): void
  logLinesDropped(count: number): void
  spansExported(count: number): void
  spansDropped(reason: string, count: number): void
}

export function createWorkerMetrics(registry: Registry): WorkerMetrics {
  const registers = [registry]
  const batches = new Counter({
    name: 'worker_batches_total',
    help: 'Batches of workers by outcome.',
    labelNames: ['outcome'],
    registers,
  })
  const droppedLines = new Counter({
    name: 'log_lines_dropped_total',
    help: 'Log lines lost because their reader was slow, stuck or gone.',
    registers,
  })
  const exportedSpans = new Counter({
    name: 'trace_spans_exported_total',
    help: 'Spans the collector took.',
    registers,
  })
  const droppedSpans = new Counter({
    name: 'trace_spans_dropped_total',
    help: 'Spans lost because the queue was full or the collector did not take them.',
    labelNames: ['reason'],
    registers,
  })
  return {
    workerBatch: (outcome) => batches.inc({ outcome }),
    logLinesDropped: (count) => droppedLines.inc(count),
    spansExported: (count) => exportedSpans.inc(count),
    spansDropped: (reason, count) => droppedSpans.inc({ reason }, count),
  }
}
