/** What a replay would change, payment by payment. */
import type { presentDryRun } from '../inbox/present-replay.ts'
import { type Cell, formatTable } from './format-table.ts'
import type { Output } from './frame/output.ts'
import { moneyOf } from './render-amount.ts'
import { countOf } from './render-replay.ts'

type ShownDryRun = ReturnType<typeof presentDryRun>
type Effect = ShownDryRun['payments'][number]

export function renderDryRun(run: ShownDryRun, output: Output): string {
  const sections = [
    output.style('bold', `Dry run of ${countOf(run.event_count)}; nothing was written.`),
  ]
  // What would change is what was asked for; payments that stay as they are come after it.
  const effects = run.payments.toSorted((a, b) => b.change_count - a.change_count)
  if (effects.length > 0) {
    const rows = effects.flatMap((effect) => rowsOf(effect, output))
    sections.push(formatTable(['PAYMENT OR PAYOUT', 'STATUS', 'CHANGE'], rows, ['CHANGE']))
  }
  if (run.not_applied.length > 0) {
    const rows = run.not_applied.map(({ id, result, reason, detail }): Cell[] => [
      id,
      { styled: output.style(result === 'failed' ? 'red' : 'yellow', result) },
      reason ?? '',
      detail ?? '',
    ])
    sections.push(formatTable(['NOT APPLIED', 'RESULT', 'REASON', 'DETAIL'], rows))
  }
  const counts = Object.entries(run.counts)
    .filter(([, count]) => count > 0)
    .map(([result, count]) => `${count} ${result}`)
  const total = `${changes(run.change_count)}, ${plural(run.posting_count, 'posting')}`
  const style = run.change_count + run.posting_count === 0 ? 'dim' : 'green'
  sections.push(
    [
      output.style(['bold', style], total),
      ...(counts.length > 0 ? [`events: ${counts.join(', ')}`] : []),
    ].join('; '),
  )
  return sections.join('\n\n')
}

/** The payment with its status, and below it each posting that would be added. */
function rowsOf(effect: Effect, output: Output): Cell[][] {
  const {
    id,
    provider_reference: reference,
    kind,
    status_before: before,
    status_after: after,
  } = effect
  const name = [id ?? `new ${kind}`, ...(reference === null ? [] : [reference])].join('  ')
  const isSame = before === after
  const status = isSame ? `${after ?? 'none'}` : `${before ?? 'none'} -> ${after ?? 'none'}`
  const total = changes(effect.change_count)
  return [
    [
      name,
      { styled: isSame ? status : output.style('yellow', status) },
      { styled: effect.change_count === 0 ? output.style('dim', total) : total },
    ],
    ...effect.postings.map((posting): Cell[] => [
      {
        styled: output.style(
          posting.reverses ? 'red' : 'green',
          `  ${posting.reverses ? '- ' : '+ '}${posting.entry}${posting.reverses ? ' reversed' : ''}`,
        ),
      },
      `${posting.debit} <- ${posting.credit}`,
      moneyOf(posting.amount_cents, posting.currency),
    ]),
  ]
}

const changes = (count: number) => plural(count, 'change')
const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`
