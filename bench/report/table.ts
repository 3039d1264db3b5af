import type { Figure } from './figures.ts'

const allColumns: [string, (figure: Figure) => string][] = [
  ['bench', ({ bench }) => bench],
  ['variant', ({ variant }) => variant],
  [
    'median',
    ({ value, unit }) =>
      unit === undefined ? `${value.toFixed(0)}/s` : `${value.toFixed(1)} ${unit}`,
  ],
  ['ratio', ({ ratio }) => (ratio === undefined ? '' : `${(ratio * 100).toFixed(0)} %`)],
  ['Node us', ({ nodeUs }) => nodeUs?.toFixed(0) ?? ''],
  ['PG us', ({ postgresUs }) => postgresUs?.toFixed(0) ?? ''],
  [
    'CPU us',
    ({ nodeUs, postgresUs }) =>
      nodeUs === undefined ? '' : (nodeUs + (postgresUs ?? 0)).toFixed(0),
  ],
  ['provider us', ({ providerUs }) => providerUs?.toFixed(0) ?? ''],
  ['p50 ms', ({ p50Ms }) => p50Ms?.toFixed(1) ?? ''],
  ['p95 ms', ({ p95Ms }) => p95Ms?.toFixed(1) ?? ''],
  ['p99 ms', ({ p99Ms }) => p99Ms?.toFixed(1) ?? ''],
  ['steal', ({ steal }) => percent(steal)],
  ['foreign', ({ foreign }) => percent(foreign)],
  [
    'goal',
    ({ goal }) => (goal === undefined ? '' : `${goal.text}: ${goal.isReached ? 'met' : 'MISSED'}`),
  ],
  [
    'rounds',
    ({ rounds, unit }) =>
      rounds.map((value) => value.toFixed(unit === undefined ? 0 : 1)).join(' '),
  ],
]

/** Words to the left, numbers to the right. */
export function formatTable(figures: readonly Figure[]): string {
  const columns = allColumns.filter(([, cell]) => figures.some((figure) => cell(figure) !== ''))
  const rows = [
    columns.map(([title]) => title),
    ...figures.map((figure) => columns.map(([, cell]) => cell(figure))),
  ]
  const widths = columns.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  )
  const isWord = (column: number) =>
    column < 2 || column >= columns.length - 1 || columns[column]?.[0] === 'goal'
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0
          return isWord(column) ? cell.padEnd(width) : cell.padStart(width)
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function percent(share: number | undefined): string {
  return share === undefined ? '' : `${(share * 100).toFixed(1)} %`
}
