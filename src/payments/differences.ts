/** Fields that differ between two rows of one table: what the history shows as before and after. */
export function differences<Row extends object>(
  before: Row | undefined,
  after: Row,
  ignored: readonly (keyof Row)[],
): { before: Partial<Row> | null; after: Partial<Row> } | undefined {
  const from: Partial<Row> = {}
  const to: Partial<Row> = {}
  let count = 0
  for (const field of Object.keys(after) as (keyof Row)[]) {
    if (ignored.includes(field) || (before && same(before[field], after[field]))) continue
    if (before === undefined && (after[field] === null || after[field] === 0n)) continue
    if (before !== undefined) from[field] = before[field]
    to[field] = after[field]
    count++
  }
  if (count === 0) return undefined
  return { before: before === undefined ? null : from, after: to }
}

function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime()
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const left = Object.entries(a)
  const other = b as Record<string, unknown>
  return (
    left.length === Object.keys(other).length &&
    left.every(([key, value]) => same(value, other[key]))
  )
}
