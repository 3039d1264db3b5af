import { type FileHandle, open, rename, stat } from 'node:fs/promises'
import { type DataFolder, giveToFolderOwner, isErrorCode } from './data-folder.ts'

const LOG_BYTES_MAX = 10 * 1024 * 1024
const TAIL_BYTES_MAX = 16 * 1024
const TAIL_LINE_COUNT_MAX = 20

/** The server writes to a file, not to a pipe: it outlives a killed Node, and so do its last words.
 * One older file is kept. */
export async function openServerLog(folder: DataFolder): Promise<FileHandle> {
  if ((await sizeOf(folder.serverLog)) > LOG_BYTES_MAX) {
    await rename(folder.serverLog, `${folder.serverLog}.1`)
  }
  const file = await open(folder.serverLog, 'a', 0o600)
  await giveToFolderOwner(folder, folder.serverLog)
  return file
}

/** The last lines about the server itself written since `from`, the size of the file before the start in question. */
export async function readLogTail(folder: DataFolder, from: number): Promise<string> {
  const file = await open(folder.serverLog, 'r')
  try {
    const { size } = await file.stat()
    const start = Math.max(from, size - TAIL_BYTES_MAX)
    const { buffer, bytesRead } = await file.read({
      buffer: Buffer.alloc(Math.max(0, size - start)),
      position: start,
    })
    return lastWordsOf(buffer.toString('utf8', 0, bytesRead))
  } finally {
    await file.close()
  }
}

const severity = /^\d{4}-\d\d-\d\d [^[]*\[\d+\] (\w+): /
/** Said of the server itself. An error is one statement's, and tells nothing of an end; what follows it belongs to it. */
const ofServer = new Set(['LOG', 'FATAL', 'PANIC'])
/** Further lines of the message before. */
const additions = new Set(['DETAIL', 'HINT', 'CONTEXT', 'LOCATION'])

/** Without the errors of statements and their SQL: they are older than the end, and would hide why it came. */
export function lastWordsOf(log: string): string {
  let isKept = true
  const lines = log
    .trim()
    .split('\n')
    .filter((line) => {
      const [, level] = severity.exec(line) ?? []
      // A line without a level is the rest of the message before, or of a program that never came to log.
      if (level === undefined) return isKept || !line.startsWith('\t')
      if (level === 'STATEMENT' || level === 'QUERY') isKept = false
      else if (!additions.has(level)) isKept = ofServer.has(level)
      return isKept
    })
  return lines.slice(-TAIL_LINE_COUNT_MAX).join('\n')
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return 0
    throw error
  }
}
