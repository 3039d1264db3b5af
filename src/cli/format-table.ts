import { printable, widthOf } from './frame/printable.ts'

/** A cell; one that is colored was made printable before it was colored. */
export type Cell = string | { styled: string }

/** Columns as wide as their widest cell, two spaces apart; those named in `right` end at the same column. */
export function formatTable(header: string[], rows: Cell[][], right: string[] = []): string {
  const lines = [header, ...rows].map((line) => line.map(textOf))
  const widths = header.map((_, column) =>
    Math.max(...lines.map((line) => widthOf(line[column] ?? ''))),
  )
  const isRight = header.map((name) => right.includes(name))
  return lines
    .map((line) =>
      line
        .map((cell, column) => {
          const gap = ' '.repeat((widths[column] ?? 0) - widthOf(cell))
          return isRight[column] ? gap + cell : cell + gap
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? printable(cell) : cell.styled
}
