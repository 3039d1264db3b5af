import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type DataFolder, isErrorCode } from './data-folder.ts'

/** What a running server says about itself in `postmaster.pid`. */
export interface Postmaster {
  pid: number
  port: number
  isReady: boolean
}

export async function readPostmaster(folder: DataFolder): Promise<Postmaster | undefined> {
  const lines = await readLines(folder)
  const pid = Number(lines[0])
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined
  return { pid, port: Number(lines[3]), isReady: lines[7]?.trim() === 'ready' }
}

/**
 * Marks the file as left behind, when its pid now belongs to an unrelated process. It is not
 * deleted: PostgreSQL reads its shared memory key to make sure that no backend of the dead server
 * still writes. A server ignores the pid of its own parent, and that is us.
 */
export async function disownPostmaster(folder: DataFolder): Promise<void> {
  const [, ...rest] = await readLines(folder)
  await writeFile(pathIn(folder), [process.pid, ...rest].join('\n'))
}

async function readLines(folder: DataFolder): Promise<string[]> {
  try {
    return (await readFile(pathIn(folder), 'utf8')).split('\n')
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return []
    throw error
  }
}

function pathIn(folder: DataFolder): string {
  return join(folder.cluster, 'postmaster.pid')
}
