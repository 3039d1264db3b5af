import { basename } from 'node:path/posix'
import { readText } from './source-files.ts'

const name = /^(\d{4})_[a-z0-9]+(?:[_-][a-z0-9]+)*\.sql$/

/** What is wrong with the names, numbers and heads of the migrations. */
export function findMigrationFaults(paths: string[]): string[] {
  return paths.flatMap((path, index) => {
    const number = name.exec(basename(path))?.[1]
    if (number === undefined) return [`${path} is not named NNNN_what.sql`]
    const faults: string[] = []
    const expected = String(index + 1).padStart(4, '0')
    if (number !== expected)
      faults.push(`${path} should be number ${expected}: no gaps, no repeats`)
    const text = readText(path)
    if (!/^-- breaking: (?:yes|no)\n/.test(text)) {
      faults.push(`${path} does not begin with "-- breaking: yes" or "-- breaking: no"`)
    }
    const up = text.indexOf('\n-- Up Migration\n')
    const down = text.indexOf('\n-- Down Migration\n')
    if (up < 0 || down < up) {
      faults.push(`${path} lacks "-- Up Migration" and, after it, "-- Down Migration"`)
    }
    return faults
  })
}
