import type { Config } from '../config/config.ts'
import { findDataFolder } from '../embedded/data-folder.ts'
import { openEmbeddedPostgres } from '../embedded/embedded-postgres.ts'
import { findRunningPostgres } from '../embedded/find-running-postgres.ts'
import { explainFolderFault } from '../embedded/folder-fault.ts'
import { hasCluster } from '../embedded/init-cluster.ts'
import { type Database, openDatabase } from '../store/db.ts'
import type { CallContext } from './frame/command.ts'
import { textOf } from './frame/explain-failure.ts'
import { UnreachableError } from './frame/failures.ts'

type Needs = Pick<CallContext, 'output' | 'resources' | 'signal'>

/**
 * The address of the database Payonce would use: that of DATABASE_URL, the embedded server that a running Payonce
 * already owns, else one of its own for the time of the command.
 * @param mayCreate whether an empty data folder becomes a database; only what writes a schema has reason to
 * @throws UnreachableError when there is none
 */
export async function findDatabaseUrl(
  needs: Needs,
  database: Config['database'],
  { mayCreate }: { mayCreate: boolean },
): Promise<string> {
  return (await findDatabase(needs, database, { mayCreate })).url
}

/** `isOwn`: it was started for this command. */
async function findDatabase(
  needs: Needs,
  database: Config['database'],
  { mayCreate }: { mayCreate: boolean },
): Promise<{ url: string; isOwn: boolean }> {
  if (database.kind === 'url') return { url: database.url.reveal(), isOwn: false }
  const { dataDir } = database
  const running = await findRunningPostgres(dataDir).catch(unreachable)
  if (running !== undefined) return { url: running, isOwn: false }
  if (!mayCreate && !(await hasDatabase(dataDir).catch(unreachable))) {
    throw new UnreachableError(
      `There is no database in ${dataDir} yet. Start Payonce there (npx payonce start), or set DATABASE_URL or PAYONCE_DATA_DIR.`,
    )
  }
  // Its own process group keeps it from a Ctrl-C, so it is closed even if that comes while it is still starting.
  const opening = openEmbeddedPostgres({
    dataDir,
    log: { info: () => {}, warn: (message) => needs.signal.aborted || needs.output.note(message) },
  })
  opening.catch(() => {})
  needs.resources.defer(async () => (await opening).close())
  return { url: (await opening.catch(unreachable)).url, isOwn: true }
}

async function hasDatabase(dataDir: string): Promise<boolean> {
  try {
    const folder = await findDataFolder(dataDir)
    return folder !== undefined && (await hasCluster(folder))
  } catch (error) {
    throw explainFolderFault(dataDir, error)
  }
}

/** A pool for a command, closed with it. */
export async function openCommandDatabase(
  needs: Needs,
  { database }: Pick<Config, 'database'>,
  poolSize = 1,
): Promise<Database> {
  const url = await findDatabaseUrl(needs, database, { mayCreate: false })
  return openDatabaseAt(needs, url, poolSize)
}

/** The same, and whether anybody else can be at work on it. */
export async function openDatabaseOf(needs: Needs, { database }: Pick<Config, 'database'>) {
  const { url, isOwn } = await findDatabase(needs, database, { mayCreate: false })
  return { database: openDatabaseAt(needs, url, 1), isOwn }
}

export function openDatabaseAt(needs: Needs, url: string, poolSize: number): Database {
  return needs.resources.use(openDatabase({ url, poolSize, applicationName: 'payonce-cli' }))
}

function unreachable(error: unknown): never {
  throw new UnreachableError(textOf(error), { cause: error })
}
