/**
 * A real PostgreSQL for those who did not bring one, run from npm binaries in a local data folder.
 *
 * In: a data folder. Out: the url of an ordinary role that owns its database, and close().
 * Promise: one Payonce per data folder; whatever a kill -9 left behind, the next open recovers.
 * Imports nothing of src/.
 */
import { realpath } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { chooseAccount, giveClusterTo } from './account.ts'
import { findBinaries, type PostgresBinaries } from './binaries.ts'
import { type DataFolder, openDataFolder } from './data-folder.ts'
import { explainFolderFault } from './folder-fault.ts'
import { hasCluster, initCluster } from './init-cluster.ts'
import { createLaunch } from './launch.ts'
import type { EmbeddedLog } from './log.ts'
import { claimOwnership } from './owner-file.ts'
import { createPassword, findPassword } from './password.ts'
import { choosePort } from './port.ts'
import { ensureRole } from './role.ts'
import { type ServerProcess, startServer, stopServer } from './server-process.ts'
import { defaultSettings } from './settings.ts'
import { stopOrphan } from './stop-orphan.ts'

const RETRY_MS = 200
const RETRY_COUNT_MAX = 50
// The port went to someone else since we looked, or processes of a killed server are still leaving.
const TRANSIENT_START_FAILURE =
  /Address already in use|shared memory block .* is still in use|lock file "postmaster.pid" already exists/

export interface EmbeddedPostgresOptions {
  dataDir: string
  log: EmbeddedLog
  /** Called when the server ends without close(), with its last words. */
  onExit?: (reason: string) => void
  /** Server settings over the defaults. */
  settings?: Record<string, string>
  /** Instead of the npm package's. */
  binaries?: PostgresBinaries
}

export interface EmbeddedPostgres extends AsyncDisposable {
  url: string
  pid: number
  close(): Promise<void>
}

export async function openEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const { folder, release } = await claimFolder(options.dataDir)
  try {
    return await openOwned(folder, release, options)
  } catch (error) {
    await release()
    throw error
  }
}

async function claimFolder(dataDir: string) {
  try {
    const folder = await openDataFolder(dataDir)
    return { folder, release: await claimOwnership(folder) }
  } catch (error) {
    throw explainFolderFault(dataDir, error)
  }
}

async function openOwned(
  folder: DataFolder,
  release: () => Promise<void>,
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const { log } = options
  const settings = { ...defaultSettings, ...options.settings }
  const { postgres, initdb } = await realBinaries(options.binaries ?? (await findBinaries()))
  await stopOrphan(folder, log)

  const account = await chooseAccount(folder)
  const launch = await createLaunch(account, { binary: postgres, folder: folder.path })
  const superuserPassword =
    (await findPassword(folder.superuserPassword)) ??
    (await createPassword(folder, folder.superuserPassword))
  if (!(await hasCluster(folder))) {
    log.info(`Creating a PostgreSQL database in ${folder.cluster}.`)
    const isDurable = options.settings?.fsync !== 'off'
    await initCluster(folder, { initdb, launch, account, superuserPassword, isDurable })
  }
  if (account !== undefined) await giveClusterTo(folder, account)

  const { server, port } = await startWithRetry(folder, log, async (free) => ({
    server: await startServer(folder, { postgres, launch, port: free, settings }),
    port: free,
  }))
  try {
    const url = await ensureRole(folder, { port, superuserPassword })
    log.info(`PostgreSQL runs as pid ${server.pid} on 127.0.0.1:${port}.`)
    return createHandle({ server, url, release, onExit: options.onExit ?? log.warn.bind(log) })
  } catch (error) {
    await stopServer(server)
    throw error
  }
}

async function startWithRetry<T>(
  folder: DataFolder,
  log: EmbeddedLog,
  start: (port: number) => Promise<T>,
): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await start(await choosePort(folder))
    } catch (error) {
      const isTransient = error instanceof Error && TRANSIENT_START_FAILURE.test(error.message)
      if (!isTransient || count >= RETRY_COUNT_MAX) throw error
      await setTimeout(RETRY_MS)
      await stopOrphan(folder, log)
    }
  }
}

function createHandle({
  server,
  url,
  release,
  onExit,
}: {
  server: ServerProcess
  url: string
  release: () => Promise<void>
  onExit: (reason: string) => void
}): EmbeddedPostgres {
  let closing: Promise<void> | undefined
  // A program that ends by process.exit() still takes its server along.
  const stopWithNode = () => server.child.kill('SIGINT')
  process.once('exit', stopWithNode)
  server.ended.then(
    (reason) => {
      process.off('exit', stopWithNode)
      if (closing === undefined) onExit(reason)
    },
    (error) => onExit(`PostgreSQL ended, and its log cannot be read: ${error}`),
  )
  const close = () => {
    closing ??= stopServer(server).then(release)
    return closing
  }
  return { url, pid: server.pid, close, [Symbol.asyncDispose]: close }
}

async function realBinaries({ postgres, initdb }: PostgresBinaries): Promise<PostgresBinaries> {
  return { postgres: await realpath(postgres), initdb: await realpath(initdb) }
}
