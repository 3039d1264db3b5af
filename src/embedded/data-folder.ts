import { randomUUID } from 'node:crypto'
import { chown, mkdir, open, realpath, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Where everything of the embedded server lies. All paths are real paths, so that the server's
 * command line can be compared with them after a crash. */
export interface DataFolder {
  path: string
  cluster: string
  owner: string
  port: string
  serverLog: string
  superuserPassword: string
  rolePassword: string
}

export async function openDataFolder(dataDir: string): Promise<DataFolder> {
  // As root the server runs under another account, which must be able to pass through (not read)
  // this folder to reach its own; the files beside it are 0600.
  const mode = process.getuid?.() === 0 ? 0o711 : 0o700
  await mkdir(dataDir, { recursive: true, mode })
  const folder = dataFolderAt(await realpath(dataDir))
  await checkIsOurs(folder)
  return folder
}

async function checkIsOurs(folder: DataFolder): Promise<void> {
  const self = process.getuid?.()
  if (self === undefined || self === 0) return
  for (const path of [folder.path, folder.cluster]) {
    const owner = await findOwnerUid(path)
    if (owner === undefined || owner === self) continue
    throw new Error(
      `${path} belongs to uid ${owner}, and PostgreSQL runs only on files of its own user (now uid ${self}). ` +
        'Start Payonce as that user or as root, or set PAYONCE_DATA_DIR to another folder.',
    )
  }
}

async function findOwnerUid(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).uid
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/** For readers: does not create the folder. */
export async function findDataFolder(dataDir: string): Promise<DataFolder | undefined> {
  try {
    return dataFolderAt(await realpath(dataDir))
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return undefined
    throw error
  }
}

function dataFolderAt(path: string): DataFolder {
  return {
    path,
    cluster: join(path, 'postgres'),
    owner: join(path, 'payonce.pid'),
    port: join(path, 'postgres-port'),
    serverLog: join(path, 'postgres.log'),
    superuserPassword: join(path, 'postgres-password'),
    rolePassword: join(path, 'payonce-password'),
  }
}

/** Writes whole or not at all, readable by the owner of the data folder only: after a start with
 * sudo the ordinary owner can still read what root wrote. */
export async function writeDataFile(folder: DataFolder, path: string, content: string) {
  const temporary = `${path}.${randomUUID()}`
  const file = await open(temporary, 'wx', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await giveToFolderOwner(folder, temporary)
  await rename(temporary, path)
}

export async function giveToFolderOwner(folder: DataFolder, path: string): Promise<void> {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = await stat(folder.path)
  await chown(path, uid, gid)
}

export function isErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
