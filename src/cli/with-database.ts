import { openEmbeddedPostgres } from '../embedded/embedded-postgres.ts'
import { findRunningPostgres } from '../embedded/find-running-postgres.ts'
import type { EmbeddedLog } from '../embedded/log.ts'

export type DatabaseChoice =
  | { kind: 'embedded'; dataDir: string }
  | { kind: 'url'; url: { reveal(): string } }

/** Gives a command the database Payonce would use: the one of DATABASE_URL, the embedded server
 * that a running Payonce already owns, else one of its own for the time of the command. */
export async function withDatabase<T>(
  database: DatabaseChoice,
  log: EmbeddedLog,
  command: (databaseUrl: string) => Promise<T>,
): Promise<T> {
  if (database.kind === 'url') return command(database.url.reveal())

  const running = await findRunningPostgres(database.dataDir)
  if (running !== undefined) return command(running)

  const own = await openEmbeddedPostgres({ dataDir: database.dataDir, log })
  try {
    return await command(own.url)
  } finally {
    await own.close()
  }
}
