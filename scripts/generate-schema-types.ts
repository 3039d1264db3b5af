/**
 * Writes src/store/schema.ts from a freshly migrated database; with --check only compares.
 *
 * pg_dump is not among the npm package's binaries, so there is no test/schema.sql beside it.
 */
import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { MIGRATIONS_TABLE } from '../src/store/migration-status.ts'
import { openTestServer, TEMPLATE_DATABASE, urlOfDatabase } from '../test/support/test-server.ts'

const repository = resolve(import.meta.dirname, '..')
const outFile = join(repository, 'src/store/schema.ts')

async function runCodegen(databaseUrl: string, isCheck: boolean): Promise<void> {
  const script = join(repository, 'node_modules/kysely-codegen/dist/cli/bin.js')
  await promisify(execFile)(process.execPath, [
    script,
    '--dialect=postgres',
    `--url=${databaseUrl}`,
    `--out-file=${outFile}`,
    `--exclude-pattern=*.${MIGRATIONS_TABLE}`,
    // The driver gives int8 and numeric as text; store code makes them bigint, never a number.
    '--type-mapping={"int8":"string","numeric":"string"}',
    '--numeric-parser=string',
    ...(isCheck ? ['--verify'] : []),
  ])
}

const isCheck = process.argv.includes('--check')
const server = await openTestServer()
try {
  await runCodegen(urlOfDatabase(server.url, TEMPLATE_DATABASE), isCheck)
  console.log(isCheck ? 'src/store/schema.ts is up to date.' : 'Wrote src/store/schema.ts.')
} catch (error) {
  if (!isCheck) throw error
  console.error('src/store/schema.ts differs from the migrations: run `npm run types:schema`.')
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  await server.close()
}
