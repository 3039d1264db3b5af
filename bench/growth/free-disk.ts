import { statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'

/** The log's bound (`max_wal_size`) and what sorting an index takes. */
const BESIDE_TABLES_BYTES = 10e9

/** Ends the bench before it begins when its tables would fill the disk. */
export function requireFreeDisk(tableBytes: number): void {
  const { bavail, bsize } = statfsSync(tmpdir())
  const free = bavail * bsize
  const needed = tableBytes + BESIDE_TABLES_BYTES
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`
  const told = `${gigabytes(tableBytes)} of tables and ${gigabytes(BESIDE_TABLES_BYTES)} beside them; ${tmpdir()} has ${gigabytes(free)}`
  if (free < needed) throw new Error(`not enough disk: this takes ${told}. Ask for fewer rows.`)
  console.error(`disk: this takes ${told}`)
}
