/** `npx payonce migrate up|down|status|create`, which `npm run migrate` and its siblings call. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readConfig } from '../config/config.ts'
import { migrateDown, migrateUp } from '../store/migrate.ts'
import { formatNumber, migrationsDir, readMigrationFiles } from '../store/migration-files.ts'
import { migrationStatus } from '../store/migration-status.ts'
import { formatTable } from './format-table.ts'
import { type CallContext, type Command, defineCommand } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import { UsageError } from './frame/failures.ts'
import { databaseOptions } from './shared-options.ts'
import { findDatabaseUrl } from './with-database.ts'

const up = defineCommand({
  name: 'migrate up',
  summary: 'Bring the schema up to this release; a start does the same.',
  options: databaseOptions,
  examples: [['payonce migrate up', 'before the first process of a release starts']],
  run: async (call) => {
    const { output } = call
    const applied = await migrateUp(await urlOf(call), progressOf(call))
    if (output.json) output.document({ applied })
    else if (applied.length === 0) output.line('The schema is up to date.')
    return exitCodes.done
  },
})

const down = defineCommand({
  name: 'migrate down',
  summary: 'Undo the last migration, its tables and their data included.',
  options: databaseOptions,
  examples: [['payonce migrate down', 'from the newer release, before an older one is started']],
  run: async (call) => {
    const { output } = call
    const undone = await migrateDown(await urlOf(call), progressOf(call))
    if (output.json) output.document({ undone: undone ?? null })
    else if (undone === undefined) output.line('No migration to undo.')
    return exitCodes.done
  },
})

const status = defineCommand({
  name: 'migrate status',
  summary: 'List what is applied and what is not.',
  description: 'A migration of a newer release is shown as unknown instead of failing on it.',
  options: databaseOptions,
  examples: [['payonce migrate status', 'every migration with its state']],
  run: async (call) => {
    const { output } = call
    const { applied, pending, unknown } = await migrationStatus(await urlOf(call))
    if (output.json) {
      output.document({ applied, pending, unknown })
      return exitCodes.done
    }
    const rows = [
      ...applied.map((name) => [
        name,
        unknown.includes(name) ? 'unknown to this release' : 'applied',
      ]),
      ...pending.map((name) => [name, 'pending']),
    ]
    output.line(formatTable(['Migration', 'State'], rows))
    return exitCodes.done
  },
})

const create = defineCommand({
  name: 'migrate create',
  summary: 'Write an empty migration with the next number; needs no database.',
  positionals: [{ name: 'name', summary: 'what it does, in snake_case' }],
  options: {
    dir: { summary: 'folder to write it to', value: '<folder>', fallback: migrationsFolder() },
  },
  examples: [['payonce migrate create add_something', 'writes migrations/NNNN_add_something.sql']],
  run: async ({ positionals: [name = ''], values, output }) => {
    if (!/^[a-z0-9_]+$/.test(name)) {
      throw new UsageError(`"${name}": name the migration in snake_case, for example add_something`)
    }
    const dir = values.dir === migrationsFolder() ? migrationsDir : values.dir
    const number = formatNumber((await readMigrationFiles(dir)).length + 1)
    const path = join(dir, `${number}_${name}.sql`)
    await writeFile(path, TEMPLATE, { flag: 'wx' })
    if (output.json) output.document({ created: path })
    else output.line(`Created ${path}`)
    return exitCodes.done
  },
})

export const migrateCommands: readonly Command[] = [up, down, status, create]

/** As the help shows it; it lies in the package, wherever the command is run. */
function migrationsFolder(): string {
  return 'migrations'
}

function urlOf(call: CallContext): Promise<string> {
  return findDatabaseUrl(call, readConfig(call.environment).database, { mayCreate: true })
}

function progressOf({ output }: CallContext) {
  return { info: (message: string) => (output.json ? output.note(message) : output.line(message)) }
}

const TEMPLATE = `-- breaking: no
-- What and why.
-- Time on a large table:

-- Up Migration

-- Down Migration
`
