import { setTimeout } from 'node:timers/promises'
import { type DataFolder, findDataFolder } from './data-folder.ts'
import { explainFolderFault } from './folder-fault.ts'
import { findOwner } from './owner-file.ts'
import { findPassword } from './password.ts'
import { readPostmaster } from './postmaster-file.ts'
import { urlFor } from './role.ts'

const READY_POLL_MS = 50
const READY_MS_MAX = 15_000

/** The address of the server that a live Payonce runs on this data folder, for commands beside it. */
export async function findRunningPostgres(dataDir: string): Promise<string | undefined> {
  try {
    return await awaitRunningPostgres(dataDir)
  } catch (error) {
    throw explainFolderFault(dataDir, error)
  }
}

async function awaitRunningPostgres(dataDir: string): Promise<string | undefined> {
  const folder = await findDataFolder(dataDir)
  if (folder === undefined) return undefined
  const deadline = performance.now() + READY_MS_MAX
  for (;;) {
    const owner = await findOwner(folder)
    if (owner === undefined) return undefined
    const url = await findReadyUrl(folder)
    if (url !== undefined) return url
    if (performance.now() > deadline) {
      throw new Error(
        `Payonce runs as pid ${owner} with ${folder.path}, but its PostgreSQL does not answer; see ${folder.serverLog}.`,
      )
    }
    await setTimeout(READY_POLL_MS)
  }
}

async function findReadyUrl(folder: DataFolder): Promise<string | undefined> {
  const postmaster = await readPostmaster(folder)
  const password = await findPassword(folder.rolePassword)
  if (postmaster?.isReady !== true || password === undefined) return undefined
  return urlFor(postmaster.port, password)
}
