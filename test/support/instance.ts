/** A running Payonce on a database and a data folder of its own, as another program meets it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase } from './database.ts'
import { startPayonce } from './process.ts'

export async function openInstance(options: { args?: string[]; environment?: object } = {}) {
  await using resources = new AsyncDisposableStack()
  const database = resources.use(await createTestDatabase())
  const folder = await mkdtemp(join(tmpdir(), 'payonce-instance-'))
  resources.defer(() => rm(folder, { recursive: true, force: true }))
  const environment = {
    DATABASE_URL: database.url,
    PAYONCE_DATA_DIR: folder,
    ...options.environment,
  }
  const args = options.args ?? []
  const running = startPayonce({
    args,
    environment: { PORT: '0', LOG_LEVEL: 'error', ...environment },
  })
  resources.defer(async () => {
    running.kill('SIGTERM')
    await running.exited
  })
  await running.ready
  const { url, webhookSecret } = JSON.parse(
    await readFile(join(folder, 'credentials.json'), 'utf8'),
  ) as { url: string; webhookSecret: string }
  const owned = resources.move()
  return {
    url,
    webhookSecret,
    databaseUrl: database.url,
    folder,
    /** what a command beside it is started with */
    environment,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
