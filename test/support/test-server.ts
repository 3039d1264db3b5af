import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { binariesIn } from '../../src/embedded/binaries.ts'
import { openEmbeddedPostgres } from '../../src/embedded/embedded-postgres.ts'
import { migrateUp } from '../../src/store/migrate.ts'

export const TEMPLATE_DATABASE = 'payonce_template'
const INSUFFICIENT_PRIVILEGE = '42501'

export interface TestServer {
  url: string
  close(): Promise<void>
}

/** A server in a folder of its own that is gone afterwards; the migrated template is in it. */
export async function openTestServer(): Promise<TestServer> {
  const dataDir = await createTemporaryFolder()
  const removeFolder = () => rm(dataDir, { recursive: true, force: true })
  const server = await openEmbeddedPostgres({
    dataDir,
    log: { info: () => undefined, warn: (message) => process.stderr.write(`${message}\n`) },
    // What the tests write is thrown away, so nothing waits for the disk.
    settings: {
      ...{ fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
      // Before who shares a commit gives up waiting for a lock, so that a deadlock counts as one; after a replay does.
      deadlock_timeout: '900ms',
      // Files run side by side, some with eight applications, each with its pool.
      max_connections: '300',
    },
    ...chooseBinaries(),
  }).catch(async (error: unknown) => {
    await removeFolder()
    throw error
  })
  const close = () => server.close().then(removeFolder)
  try {
    await createTemplate(server.url)
  } catch (error) {
    await close()
    throw error
  }
  return { url: server.url, close }
}

/** In it, a server can run under another account than ours. */
export async function createTemporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'payonce-test-'))
  await chmod(folder, 0o711)
  return folder
}

export function urlOfDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}

export async function runSql(url: string, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await client.query(sql)
  } finally {
    await client.end()
  }
}

/** Drops a database whoever is in it. */
export async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  try {
    await runSql(serverUrl, `drop database if exists ${name} with (force)`)
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== INSUFFICIENT_PRIVILEGE) throw error
    // Autovacuum is in it, which an ordinary role may not end by force. A drop without force ends it, and nobody else.
    await runSql(
      serverUrl,
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and usename = current_user`,
    )
    await runSql(serverUrl, `drop database if exists ${name}`)
  }
}

/** TEST_POSTGRES_BIN names the oldest supported server, so that the floor is tested. */
export function chooseBinaries() {
  const directory = process.env.TEST_POSTGRES_BIN
  return directory === undefined || directory === '' ? {} : { binaries: binariesIn(directory) }
}

async function createTemplate(serverUrl: string): Promise<void> {
  await runSql(serverUrl, `create database ${TEMPLATE_DATABASE}`)
  await migrateUp(urlOfDatabase(serverUrl, TEMPLATE_DATABASE), { info: () => undefined })
}
