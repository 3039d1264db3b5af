import { link, readFile, rename, rm } from 'node:fs/promises'
import { type DataFolder, isErrorCode, writeDataFile } from './data-folder.ts'
import { findProcess } from './process-identity.ts'

const CLAIM_COUNT_MAX = 5

/**
 * `payonce.pid` names the one Payonce process that owns the data folder. It survives a kill -9, so
 * it counts only while a process with that pid *and* that start lives.
 */
export async function claimOwnership(folder: DataFolder): Promise<() => Promise<void>> {
  const self = await findProcess(process.pid)
  if (self === undefined) throw new Error('This process cannot see itself: is /proc mounted?')
  const content = `${process.pid}\n${self.startedAt}\n`
  const mine = `${folder.owner}.${process.pid}`

  for (let round = 0; round < CLAIM_COUNT_MAX; round++) {
    await writeDataFile(folder, mine, content)
    try {
      // A link fails when the name is taken: of two starters only one gets it.
      await link(mine, folder.owner)
      return () => rm(folder.owner, { force: true })
    } catch (error) {
      if (!isErrorCode(error, 'EEXIST')) throw error
    } finally {
      await rm(mine, { force: true })
    }
    const owner = await findOwner(folder)
    if (owner !== undefined) throw alreadyRunning(folder, owner)
    await setAsideStaleFile(folder)
  }
  throw new Error(`Another process keeps taking ${folder.owner}; is Payonce started in a loop?`)
}

/** The pid of the live owner. */
export async function findOwner(folder: DataFolder): Promise<number | undefined> {
  return findLiveOwner(await readIfThere(folder.owner))
}

async function setAsideStaleFile(folder: DataFolder): Promise<void> {
  const aside = `${folder.owner}.stale.${process.pid}`
  try {
    await rename(folder.owner, aside)
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return
    throw error
  }
  // Another starter may have replaced the stale file between our look and our rename; then what we
  // moved is its live claim and goes back.
  const owner = await findLiveOwner(await readIfThere(aside))
  if (owner !== undefined) {
    await rename(aside, folder.owner)
    throw alreadyRunning(folder, owner)
  }
  await rm(aside, { force: true })
}

async function findLiveOwner(content: string | undefined): Promise<number | undefined> {
  const [first, startedAt] = (content ?? '').split('\n')
  const pid = Number(first)
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined
  return (await findProcess(pid))?.startedAt === startedAt ? pid : undefined
}

function alreadyRunning(folder: DataFolder, pid: number): Error {
  return new Error(
    `Payonce is already running as pid ${pid} with this data folder: ${folder.path}. ` +
      'Several processes share one database only through DATABASE_URL. ' +
      'Stop it first, or set PAYONCE_DATA_DIR to another folder.',
  )
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return undefined
    throw error
  }
}
