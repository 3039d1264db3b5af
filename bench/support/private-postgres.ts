import { join } from 'node:path'
import pg from 'pg'
import { openEmbeddedPostgres } from '../../src/embedded/embedded-postgres.ts'
import { closeOnInterrupt } from './interrupts.ts'
import { createTemporaryFolder } from './temporary-folder.ts'

export type PrivatePostgres = AsyncDisposable & {
  pid: number
  urlOf: (database: string) => string
  /** An empty database, or a copy of `template`. */
  createDatabase: (name: string, template?: string) => Promise<string>
  dropDatabase: (name: string) => Promise<void>
}

/** Durable as in production; only checkpoints by time are put off, so that none falls into one variant's run. */
const settings = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  max_wal_size: '8GB',
  checkpoint_timeout: '1h',
}

/** A server of its own in a temporary folder that is gone afterwards. */
export async function openPrivatePostgres(
  extra: Record<string, string> = {},
): Promise<PrivatePostgres> {
  const folder = createTemporaryFolder('postgres')
  const opening = openEmbeddedPostgres({
    dataDir: join(folder.path, 'data'),
    log: { info: () => undefined, warn: (message) => console.error(message) },
    settings: { ...settings, ...extra },
  })
  // A server that is still starting is waited for, and then closed.
  const close = closeOnInterrupt(async () => (await opening).close())
  const server = await opening.catch(async (error: unknown) => {
    await close().catch(() => undefined)
    await folder.remove()
    throw error
  })
  const urlOf = (database: string) => {
    const url = new URL(server.url)
    url.pathname = `/${database}`
    return url.href
  }
  return {
    pid: server.pid,
    urlOf,
    createDatabase: async (name, template) => {
      // file_copy flushes what is dirty, so that no run pays for the one before it.
      const copy = template === undefined ? '' : ` template ${template} strategy file_copy`
      await runSql(server.url, `create database ${name}${copy}`)
      return urlOf(name)
    },
    // Without force: it may not end an autovacuum worker, the plain form asks it to leave and waits.
    dropDatabase: (name) => runSql(server.url, `drop database if exists ${name}`),
    [Symbol.asyncDispose]: async () => {
      await close()
      await folder.remove()
    },
  }
}

export async function runSql(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
