/** Replays on a terminal. */
import type { presentReplay, presentReplayResult } from '../inbox/present-replay.ts'
import { type ReplayCounter, replayCounters } from '../store/replays.ts'
import { formatTable } from './format-table.ts'
import type { Output, Style } from './frame/output.ts'
import { printable } from './frame/printable.ts'
import { shownTime } from './render-event.ts'

export type ShownReplay = ReturnType<typeof presentReplay>
export type ShownResult = ReturnType<typeof presentReplayResult>

const resultStyles: Record<ReplayCounter, Style> = {
  changed: 'green',
  unchanged: 'dim',
  ignored: 'dim',
  parked: 'yellow',
  waiting: 'yellow',
  failed: 'red',
}

const resultTexts: Record<ReplayCounter, string> = {
  changed: 'changed their payment',
  unchanged: 'all they say was known',
  ignored: 'still no effect',
  parked: 'their payment is still not known',
  waiting: 'in the queue of the workers, who do them next',
  failed: 'as they were; see below',
}

const number = new Intl.NumberFormat('en-US')

/** `1,200 events`; null: more than are counted. */
export function countOf(total: number | null): string {
  if (total === null) return 'more events than are counted'
  return `${number.format(total)} ${total === 1 ? 'event' : 'events'}`
}

/** One line: done, of how many, how fast, how long still. */
export function renderProgress(replay: ShownReplay): string {
  const { processed_count: done, total_count: total, rate_per_second: rate } = replay
  const share = total === null || total === 0 ? '' : ` (${Math.floor((done / total) * 100)} %)`
  const of = total === null ? '' : ` of ${number.format(total)}`
  const left = replay.eta_seconds === null ? '' : `, ${shownSeconds(replay.eta_seconds)} left`
  const speed = rate === 0 ? '' : `, ${number.format(rate)}/s${left}`
  return `${replay.status}: ${number.format(done)}${of}${share}${speed}`
}

function shownSeconds(seconds: number): string {
  if (seconds < 90) return `${seconds} s`
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`
}

export function styledReplayStatus({ status }: Pick<ShownReplay, 'status'>, output: Output) {
  const styles = { waiting: 'yellow', running: 'cyan', finished: 'green', stopped: 'red' } as const
  return output.style(styles[status], status)
}

/** How it went, in numbers. */
export function renderSummary(replay: ShownReplay, output: Output): string {
  const postings = replay.posting_count
  const head = `${output.style('bold', replay.id)}  ${styledReplayStatus(replay, output)}  ${number.format(replay.processed_count)} of ${countOf(replay.total_count)}, ${number.format(postings)} ${postings === 1 ? 'posting' : 'postings'} added`
  const rows = replayCounters
    .filter((counter) => replay.counts[counter] > 0)
    .map((counter) => [
      { styled: `  ${output.style(resultStyles[counter], counter)}` },
      number.format(replay.counts[counter]),
      resultTexts[counter],
    ])
  if (rows.length === 0) return head
  return `${head}\n\n${formatTable(['  RESULT', 'EVENTS', 'MEANS'], rows, ['EVENTS'])}`
}

export function renderResults(results: ShownResult[], output: Output): string {
  const rows = results.map((one) => [
    one.id,
    one.type,
    { styled: output.style(resultStyles[one.result], one.result) },
    one.reason ?? one.payment_id ?? '',
    one.detail ?? '',
  ])
  return formatTable(['ID', 'TYPE', 'RESULT', 'PAYMENT OR REASON', 'DETAIL'], rows)
}

/** What was asked for, as `name value` pairs. */
export function filterTextOf({ filter }: ShownReplay): string {
  const parts = Object.entries(filter).map(([name, value]) => {
    const text = Array.isArray(value) && value.length > 1 ? `${value.length} events` : String(value)
    return `${name} ${text}`
  })
  return parts.length === 0 ? 'every event' : printable(parts.join(', '))
}

/** Who ordered it, what and why. */
export function renderOrder(replay: ShownReplay): string {
  const rows: [string, string][] = [
    ['named', filterTextOf(replay)],
    ['why', printable(replay.reason ?? 'not said')],
    ['by', whoOf(replay.requested_by)],
    ['ordered', shownTime(replay.created_at)],
    ['began', replay.started_at === null ? 'not yet' : shownTime(replay.started_at)],
    ['ended', replay.finished_at === null ? 'not yet' : shownTime(replay.finished_at)],
  ]
  return rows.map(([name, value]) => `  ${name.padEnd(7)}  ${value}`).join('\n')
}

/** `alice at the command line`, or the key that asked. */
export function whoOf({ type, id }: { type: string; id: string }): string {
  return type === 'command_line' ? `${printable(id)} at the command line` : printable(id)
}
