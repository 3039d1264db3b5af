import { execFile } from 'node:child_process'
import { lchown, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type DataFolder, isErrorCode } from './data-folder.ts'

const run = promisify(execFile)
const NOBODY = 65534

export interface Account {
  uid: number
  gid: number
}

/**
 * PostgreSQL refuses to run as root, so as root it runs under an account that is already there:
 * the one that owns the data, else `postgres`, else `nobody`. Nothing is added to the machine.
 * An ordinary user runs it as itself: undefined.
 */
export async function chooseAccount(folder: DataFolder): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined
  for (const path of [folder.cluster, folder.path]) {
    const owner = await findOwner(path)
    if (owner !== undefined && owner.uid !== 0) return owner
  }
  return (
    (await findSystemAccount('postgres')) ??
    (await findSystemAccount('nobody')) ?? { uid: NOBODY, gid: NOBODY }
  )
}

/** A data folder restored by root belongs to root; PostgreSQL wants to own its files. */
export async function giveClusterTo(folder: DataFolder, account: Account): Promise<void> {
  const owner = await findOwner(folder.cluster)
  if (owner === undefined || owner.uid === account.uid) return
  for (const entry of await readdir(folder.cluster, { recursive: true })) {
    await lchown(join(folder.cluster, entry), account.uid, account.gid)
  }
  // Last, so that an interrupted change of owner is taken up again at the next start.
  await lchown(folder.cluster, account.uid, account.gid)
}

async function findOwner(path: string): Promise<Account | undefined> {
  try {
    const { uid, gid } = await stat(path)
    return { uid, gid }
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return undefined
    throw error
  }
}

async function findSystemAccount(name: string): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
    // Some systems number nobody as -2, which `id` prints as such.
    return { uid: Number(uid.stdout) >>> 0, gid: Number(gid.stdout) >>> 0 }
  } catch (error) {
    // `id` answers 1 for an unknown name.
    if (error instanceof Error && 'code' in error && error.code === 1) return undefined
    throw error
  }
}
