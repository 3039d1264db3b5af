import { claims } from './check-history.ts'
import type { RaceReport, SceneTally } from './run-races.ts'

const FINDINGS_MAX = 20
const DETAIL_LENGTH_MAX = 1_500

export function renderRaces({
  tallies,
  checked,
  deadlockCount,
  findings,
  seconds,
  seed,
}: RaceReport): string {
  const all = [...tallies.values()]
  const total = (count: (tally: SceneTally) => number) =>
    all.reduce((sum, tally) => sum + count(tally), 0)
  const [unknown, done] = [total((one) => one.unknown), total((one) => one.doneThough)]
  const header = ['rounds', 'ok', 'refused', 'in use', 'unknown', 'met']
  const row = (name: string, cells: (string | number)[]) =>
    `  ${name.padEnd(44)}${cells.map((cell) => String(cell).padStart(9)).join('')}`
  return [
    '',
    row('', header),
    ...[...tallies].map(([name, { rounds, calls, metCount }]) =>
      row(name, [rounds, calls.ok, calls.fail, calls.busy, calls.unknown, metCount]),
    ),
    ...claims.map((claim) => `  ${String(checked[claim]).padStart(8)} checked  ${claim}`),
    `${unknown} deeds ended without a word, and ${done} of them (${share(done, unknown)}) had been done`,
    `${deadlockCount} deadlocks`,
    ...findings
      .slice(0, FINDINGS_MAX)
      .map((finding) => `CAUGHT by the history: ${finding.slice(0, DETAIL_LENGTH_MAX)}`),
    `seed ${seed}, ${seconds.toFixed(0)} s, ${findings.length === 0 ? 'nothing was caught' : `${findings.length} caught`}`,
    '',
  ].join('\n')
}

const share = (part: number, whole: number) =>
  whole === 0 ? 'none' : `${((100 * part) / whole).toFixed(0)} %`
