/** How many rows PostgreSQL read of each table, so that a plan that scans is seen even where it is fast by chance. */
import type pg from 'pg'

type Reads = Map<string, { scanned: number; fetched: number }>

/** More rows of one table an event than any question of ours needs. */
const FETCHED_PER_EVENT_MAX = 20
const SCANNED_PER_EVENT_MAX = 1

export async function readReads(client: pg.Client): Promise<Reads> {
  const { rows } = await client.query<{ name: string; scanned: number; fetched: number }>(
    `select relname as name, seq_tup_read::float8 as scanned, coalesce(idx_tup_fetch, 0)::float8 as fetched
      from pg_stat_user_tables where relname not in ('inbox_lanes', 'clock_offset')`,
  )
  return new Map(rows.map(({ name, ...reads }) => [name, reads]))
}

export function tellReads(before: Reads, after: Reads, eventCount: number): void {
  const faults: string[] = []
  for (const [name, { scanned, fetched }] of after) {
    const from = before.get(name)
    const each = (now: number, then = 0) => (now - then) / eventCount
    const [scannedEach, fetchedEach] = [each(scanned, from?.scanned), each(fetched, from?.fetched)]
    if (scannedEach < SCANNED_PER_EVENT_MAX && fetchedEach < FETCHED_PER_EVENT_MAX) continue
    faults.push(`${name} ${scannedEach.toFixed(1)} by scans, ${fetchedEach.toFixed(1)} by indexes`)
  }
  console.error(
    faults.length === 0
      ? '  no plan reads more than it needs'
      : `  rows read an event: ${faults.join('; ')}`,
  )
}
