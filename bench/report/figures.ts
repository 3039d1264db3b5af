import type { MeasuredRun } from '../measure/rounds.ts'
import { median, quantile } from '../measure/statistics.ts'

/** One line of the table: medians over the rounds. */
export type Figure = {
  bench: string
  variant: string
  /** the measure, when it is not operations a second */
  unit?: string
  value: number
  /** to the variant this bench is compared with */
  ratio?: number
  nodeUs?: number
  postgresUs?: number
  /** CPU of who is asked over the network */
  providerUs?: number
  p50Ms?: number
  p95Ms?: number
  p99Ms?: number
  steal?: number
  foreign?: number
  goal?: { text: string; isReached: boolean }
  /** the values the median is of */
  rounds: number[]
}

/** @param peer name of the variant the others are compared with */
export function figuresOf(
  bench: string,
  runs: ReadonlyMap<string, readonly MeasuredRun[]>,
  peer: string,
): Figure[] {
  const rates = (name: string) =>
    (runs.get(name) ?? []).map(({ operations, seconds }) => operations / seconds)
  const peerRate = median(rates(peer))
  return [...runs].map(([variant, measured]) => {
    const medianOf = (value: (run: MeasuredRun) => number) => median(measured.map(value))
    const latencies = measured.flatMap(({ latenciesMs = [] }) => latenciesMs)
    const value = median(rates(variant))
    return {
      bench,
      variant,
      value,
      ratio: value / peerRate,
      nodeUs: medianOf(({ nodeUs, operations }) => nodeUs / operations),
      postgresUs: medianOf(({ postgresUs, operations }) => postgresUs / operations),
      ...(measured.some(({ providerUs }) => providerUs !== undefined) && {
        providerUs: medianOf(({ providerUs = 0, operations }) => providerUs / operations),
      }),
      ...(latencies.length > 0 && {
        p50Ms: quantile(latencies, 0.5),
        p95Ms: quantile(latencies, 0.95),
        p99Ms: quantile(latencies, 0.99),
      }),
      steal: Math.max(...measured.map(({ steal }) => steal)),
      foreign: medianOf(({ foreign }) => foreign),
      rounds: rates(variant),
    }
  })
}

/** As `figuresOf`, where one operation's time is the measure: its median in milliseconds, each round's beside it. */
export function latencyFiguresOf(
  bench: string,
  runs: ReadonlyMap<string, readonly MeasuredRun[]>,
  peer: string,
): Figure[] {
  return figuresOf(bench, runs, peer).map(({ ratio: _, ...figure }) => {
    const rounds = (runs.get(figure.variant) ?? []).map(({ latenciesMs = [] }) =>
      median(latenciesMs),
    )
    return { ...figure, unit: 'ms', value: median(rounds), rounds }
  })
}
