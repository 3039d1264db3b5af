/** How often our server ran each statement, by its own metric. */

const SERIES = /^db_query_duration_seconds_count\{statement="([^"]*)"\} (\d+)$/gm

export async function readStatementCounts(port: number): Promise<Map<string, number>> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`)
  const text = await answer.text()
  const counts = new Map<string, number>()
  for (const [, name = '', count] of text.matchAll(SERIES)) {
    counts.set(name, (counts.get(name) ?? 0) + Number(count))
  }
  if (counts.size === 0) throw new Error('the metrics page counts no statements')
  return counts
}

/** An operation's share, the most frequent first. */
export function perOperation(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  operations: number,
): [string, number][] {
  return [...after]
    .map(([name, count]): [string, number] => [
      name,
      (count - (before.get(name) ?? 0)) / operations,
    ])
    .filter(([, share]) => share > 0)
    .toSorted(([, a], [, b]) => b - a)
}
