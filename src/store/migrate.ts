/**
 * Brings the schema up or one step down, with the plain SQL files of migrations/.
 *
 * Promise: each migration happens whole or not at all, once, whoever else starts at the same time;
 * a failure names the file and leaves the way back open.
 */
import { type RunnerOption, runner } from 'node-pg-migrate'
import { Client } from 'pg'
import { describeMigrationFailure } from './describe-migration-failure.ts'
import { type MigrationFile, migrationsDir, readMigrationFiles } from './migration-files.ts'
import { withMigrationLock } from './migration-lock.ts'
import { checkSchema, MIGRATIONS_TABLE } from './migration-status.ts'

export interface MigrationLog {
  info(message: string): void
}

/** Applies all pending migrations; returns their names. */
export async function migrateUp(
  databaseUrl: string,
  log: MigrationLog,
  dir = migrationsDir,
): Promise<string[]> {
  return withMigrationLock(databaseUrl, async () => {
    const { pending } = await checkSchema(databaseUrl, dir)
    const files = await readMigrationFiles(dir)
    // One at a time: the runner's error does not say which migration it was.
    for (const name of pending) {
      await runOne(databaseUrl, files, { direction: 'up', name })
      log.info(`Applied migration ${name}.`)
    }
    return pending
  })
}

/** Undoes the last migration; returns its name, or undefined when there was none. */
export async function migrateDown(
  databaseUrl: string,
  log: MigrationLog,
  dir = migrationsDir,
): Promise<string | undefined> {
  return withMigrationLock(databaseUrl, async () => {
    const { applied } = await checkSchema(databaseUrl, dir)
    const name = applied.at(-1)
    if (name === undefined) return undefined
    await runOne(databaseUrl, await readMigrationFiles(dir), { direction: 'down', name })
    log.info(`Undid migration ${name}.`)
    return name
  })
}

interface Step {
  direction: 'up' | 'down'
  name: string
}

async function runOne(databaseUrl: string, files: MigrationFile[], step: Step): Promise<void> {
  const file = files.find(({ name }) => name === step.name)
  if (file === undefined) throw new Error(`Migration ${step.name} has no file.`)
  const client = new Client({ connectionString: databaseUrl })
  let lost: Error | undefined
  client.on('error', (error) => {
    lost = error
  })
  await client.connect()
  try {
    await runner(runnerOptions(client, files, file, step))
  } catch (error) {
    throw lost === undefined
      ? new Error(describeMigrationFailure(file, step.direction, error), { cause: error })
      : new Error(
          `The connection was lost during migration ${file.path}: ${lost.message}. See \`npm run migrate:status\` for what is applied.`,
          { cause: lost },
        )
  } finally {
    // The runner does not roll back; the end of the connection does, and end() waits for it.
    await client.end()
  }
}

function runnerOptions(
  dbClient: Client,
  files: MigrationFile[],
  file: MigrationFile,
  step: Step,
): RunnerOption {
  return {
    dbClient,
    dir: file.path.slice(0, file.path.lastIndexOf('/')),
    ignorePattern: '(?!.*\\.sql$).*',
    migrationsTable: MIGRATIONS_TABLE,
    direction: step.direction,
    count: 1,
    // Off means: each migration in its own transaction.
    singleTransaction: false,
    // The library's lock is a session lock; ours is held by the caller.
    noLock: true,
    logger: silent,
    migrationLoaderStrategies: [{ extensions: ['.sql'], loader: async () => files.map(toUnit) }],
  }
}

/** The failure is thrown and described by us; the library would print it a second time. */
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore }

function ignore(): void {}

// The library orders migrations by a local time without zone. In the zone of the session, two
// starters in different zones would put a later migration first, and neither up nor down would work.
const IN_UTC = "set local timezone to 'UTC'"

function toUnit({ path, up, down }: MigrationFile) {
  const run = (sql: string) => (pgm: { sql(text: string): void }) => {
    pgm.sql(IN_UTC)
    pgm.sql(sql)
  }
  return { id: path, filePaths: [path], actions: { up: run(up), down: run(down) } }
}
