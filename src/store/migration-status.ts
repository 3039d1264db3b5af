import { Client } from 'pg'
import { migrationsDir, readMigrationFiles } from './migration-files.ts'

export const MIGRATIONS_TABLE = 'schema_migrations'

export interface MigrationStatus {
  applied: string[]
  pending: string[]
  /** In the database, but not in this release. */
  unknown: string[]
}

export async function migrationStatus(
  databaseUrl: string,
  dir = migrationsDir,
): Promise<MigrationStatus> {
  const files = (await readMigrationFiles(dir)).map((file) => file.name)
  const applied = await readApplied(databaseUrl)
  return {
    applied,
    pending: files.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !files.includes(name)),
  }
}

/** An older release must not work on a newer schema: it would not keep rules it does not know. */
export async function checkSchema(
  databaseUrl: string,
  dir = migrationsDir,
): Promise<MigrationStatus> {
  const status = await migrationStatus(databaseUrl, dir)
  if (status.unknown.length === 0) return status
  throw new Error(
    `The database is newer than this release: it has the migrations ${status.unknown.join(', ')}, which are not in ${dir}. ` +
      'Start the release that brought them, or run `npm run migrate:down` from that release once for each.',
  )
}

async function readApplied(databaseUrl: string): Promise<string[]> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ found: boolean }>(
      'select to_regclass($1) is not null as found',
      [`public.${MIGRATIONS_TABLE}`],
    )
    if (rows[0]?.found !== true) return []
    const applied = await client.query<{ name: string }>(
      `select name from public.${MIGRATIONS_TABLE} order by run_on, id`,
    )
    return applied.rows.map((row) => row.name)
  } finally {
    await client.end()
  }
}
