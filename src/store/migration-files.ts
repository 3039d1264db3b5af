import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const migrationsDir = fileURLToPath(new URL('../../migrations', import.meta.url))

const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/
const HEADER = /^-- breaking: (?:yes|no)$/
const UP_MARKER = /^-- Up Migration\s*$/m
const DOWN_MARKER = /^-- Down Migration\s*$/m
const OWN_TRANSACTION = /^\s*(?:commit|rollback|start\s+transaction)\b[^;]*;/im

export interface MigrationFile {
  /** Without `.sql`: what the database remembers. */
  name: string
  path: string
  up: string
  down: string
  /** Lines before each part, so that an SQL error can name the line of the file. */
  upLineOffset: number
  downLineOffset: number
}

/** All migrations in order. A file that would not do what it says is refused before any runs. */
export async function readMigrationFiles(dir: string): Promise<MigrationFile[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name, index) => {
      const number = FILE_NAME.exec(name)?.[1]
      if (Number(number) !== index + 1) {
        throw new Error(
          `${join(dir, name)}: migrations are named NNNN_what.sql and numbered without a gap; expected ${formatNumber(index + 1)}.`,
        )
      }
      return parseMigration(join(dir, name), await readFile(join(dir, name), 'utf8'))
    }),
  )
}

export function formatNumber(number: number): string {
  return String(number).padStart(4, '0')
}

function parseMigration(path: string, content: string): MigrationFile {
  if (!HEADER.test(content.split('\n', 1)[0] ?? '')) {
    throw new Error(`${path}: the first line must be "-- breaking: yes" or "-- breaking: no".`)
  }
  const upStart = content.search(UP_MARKER)
  const downStart = content.search(DOWN_MARKER)
  if (upStart < 0 || downStart < upStart) {
    throw new Error(`${path}: needs "-- Up Migration" and after it "-- Down Migration".`)
  }
  const up = content.slice(upStart, downStart)
  const down = content.slice(downStart)
  if (OWN_TRANSACTION.test(up) || OWN_TRANSACTION.test(down)) {
    throw new Error(`${path}: must not begin or end transactions; each migration runs in one.`)
  }
  return {
    name: path.slice(path.lastIndexOf('/') + 1, -'.sql'.length),
    path,
    up,
    down,
    upLineOffset: countLines(content.slice(0, upStart)),
    downLineOffset: countLines(content.slice(0, downStart)),
  }
}

function countLines(text: string): number {
  return text.split('\n').length - 1
}
