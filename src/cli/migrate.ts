import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { migrateDown, migrateUp } from '../store/migrate.ts'
import { formatNumber, migrationsDir, readMigrationFiles } from '../store/migration-files.ts'
import { migrationStatus } from '../store/migration-status.ts'
import { formatTable } from './format-table.ts'

const log = { info: (message: string) => console.log(message) }

export interface MigrateOptions {
  databaseUrl: string
  dir?: string
}

export async function printMigrateUp({ databaseUrl, dir }: MigrateOptions): Promise<void> {
  const applied = await migrateUp(databaseUrl, log, dir)
  if (applied.length === 0) console.log('The schema is up to date.')
}

export async function printMigrateDown({ databaseUrl, dir }: MigrateOptions): Promise<void> {
  const undone = await migrateDown(databaseUrl, log, dir)
  if (undone === undefined) console.log('No migration to undo.')
}

/** Shows an unknown migration instead of failing on it: this is the command one diagnoses with. */
export async function printMigrateStatus({ databaseUrl, dir }: MigrateOptions): Promise<void> {
  const { applied, pending, unknown } = await migrationStatus(databaseUrl, dir)
  const rows = [
    ...applied.map((name) => [
      name,
      unknown.includes(name) ? 'unknown to this release' : 'applied',
    ]),
    ...pending.map((name) => [name, 'pending']),
  ]
  console.log(formatTable(['Migration', 'State'], rows))
}

/** Needs no database. */
export async function createMigration(what: string, dir = migrationsDir): Promise<void> {
  if (!/^[a-z0-9_]+$/.test(what)) {
    throw new Error('Name the migration in snake_case, for example: npm run migrate:create add_x')
  }
  const number = formatNumber((await readMigrationFiles(dir)).length + 1)
  const path = join(dir, `${number}_${what}.sql`)
  await writeFile(path, TEMPLATE, { flag: 'wx' })
  console.log(`Created ${path}`)
}

const TEMPLATE = `-- breaking: no
-- What and why.
-- Time on a large table:

-- Up Migration

-- Down Migration
`
