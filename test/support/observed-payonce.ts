/** A Payonce process on a database of its own, with everything it tells about itself. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase } from './database.ts'
import { eventually } from './eventually.ts'
import { startPayonce } from './process.ts'

export const WEBHOOK_SECRET = 'whsec_observed0123456789'
export const API_KEY = 'chosen-by-a-person-0123456789'

export type LogLine = Record<string, unknown>

export async function openObservedPayonce(environment: Record<string, string> = {}) {
  const database = await createTestDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'payonce-observed-'))
  const started = startPayonce({
    environment: {
      DATABASE_URL: database.url,
      PAYONCE_DATA_DIR: folder,
      PORT: '0',
      LOG_LEVEL: 'debug',
      BOOTSTRAP_API_KEY: API_KEY,
      STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
      ...environment,
    },
  })
  await started.ready
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(started.output())?.[0] ?? ''
  const lines = (): LogLine[] =>
    started
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as LogLine)
  return {
    url,
    databaseUrl: database.url,
    process: started,
    lines,
    linesAre: (check: (lines: LogLine[]) => boolean) =>
      eventually(async () => lines(), check, 15_000),
    /** resolves with the exit code */
    stop: async () => {
      started.kill('SIGTERM')
      return started.exited
    },
    [Symbol.asyncDispose]: async () => {
      started.kill('SIGKILL')
      await started.exited
      await rm(folder, { recursive: true, force: true })
      await database[Symbol.asyncDispose]()
    },
  }
}
