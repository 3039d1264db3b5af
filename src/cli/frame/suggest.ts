/** Names that are this many slips away are no longer what somebody meant. */
const SLIPS_MAX = 3

/** The known name that was probably meant: the nearest by slips of the finger, or the only one that begins so. */
export function suggest(given: string, known: readonly string[]): string | undefined {
  const beginning = known.filter((name) => name.startsWith(given))
  if (given !== '' && beginning.length === 1) return beginning[0]
  const [nearest] = known
    .map((name) => ({ name, slips: slipsBetween(given, name) }))
    .filter(({ name, slips }) => slips <= Math.min(SLIPS_MAX, Math.ceil(name.length / 3)))
    .sort((a, b) => a.slips - b.slips)
  return nearest?.name
}

/** Letters to add, drop, change or swap with their neighbour (optimal string alignment). */
function slipsBetween(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const changed = a[row - 1] === b[column - 1] ? 0 : 1
      const swapped =
        row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + changed,
        swapped ? at(before, column - 2) + 1 : Infinity,
      )
    }
    before = last
    last = current
  }
  return at(last, b.length)
}

function at(row: number[], column: number): number {
  return row[column] ?? Infinity
}
