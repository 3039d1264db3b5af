/** npm run migrate, migrate:down, migrate:status, migrate:create <name>. */
import {
  createMigration,
  type MigrateOptions,
  printMigrateDown,
  printMigrateStatus,
  printMigrateUp,
} from '../src/cli/migrate.ts'
import { withDatabase } from '../src/cli/with-database.ts'
import { readConfig } from '../src/config/config.ts'
import { readEnvironment } from '../src/config/env.ts'

const commands: Record<string, (options: MigrateOptions) => Promise<void>> = {
  up: printMigrateUp,
  down: printMigrateDown,
  status: printMigrateStatus,
}

async function run([name, what]: string[]): Promise<void> {
  if (name === 'create') return await createMigration(what ?? '')
  const command = commands[name ?? '']
  if (command === undefined) {
    throw new Error('Usage: node scripts/migrate.ts up | down | status | create <name>')
  }
  const { database } = readConfig(readEnvironment())
  // Of the server only its warnings are news to someone who migrates; they go beside the table.
  const log = { info: () => undefined, warn: (message: string) => console.error(message) }
  await withDatabase(database, log, (databaseUrl) => command({ databaseUrl }))
}

try {
  await run(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
