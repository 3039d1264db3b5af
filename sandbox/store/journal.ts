/**
 * The append-only file of effects. A line is a checksum and a JSON text; lines that wait together are written and
 * fsync'd together, and whoever waits for `flushed` is told after that.
 *
 * Promise: what was acknowledged is in the file before, and is there after a kill. A torn last line is cut.
 */
import {
  closeSync,
  fdatasync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  write,
} from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { crc32 } from 'node:zlib'

const writeBytes = promisify(write)
const sync = promisify(fdatasync)
const CHUNK_BYTES = 1 << 20
const CHECKSUM_LENGTH = 9

export type Journal = {
  append(line: string): void
  /** undefined when all that was appended is safe already */
  flushed(): Promise<void> | undefined
  /** Forgets all lines, those that wait too; what is appended next is the first line. */
  clear(): void
  close(): Promise<void>
}

/** Without a file nothing outlives the process; that is for tests. */
export function openMemoryJournal(): Journal {
  return {
    append: () => undefined,
    flushed: () => undefined,
    clear: () => undefined,
    close: async () => undefined,
  }
}

export function openJournal(
  path: string,
  durable: boolean,
  replay: (line: string) => void,
  onFailed: (error: unknown) => void,
): Journal {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const file = openSync(path, 'a+', 0o600)
  replayLines(file, replay)
  if (durable) syncFolder(dirname(path))
  let waiting: string[] = []
  let running: Promise<void> | undefined
  let following: Promise<void> | undefined
  let isClosed = false
  let isCleared = false
  let failure: unknown

  async function writeWaiting(): Promise<void> {
    const lines = waiting
    waiting = []
    if (isCleared) ftruncateSync(file)
    isCleared = false
    const bytes = Buffer.from(lines.join(''))
    for (let done = 0; done < bytes.length; )
      done += (await writeBytes(file, bytes, done, bytes.length - done)).bytesWritten
    if (durable) await sync(file)
  }

  /** At most one write runs and one more is promised: all who come meanwhile share that one. */
  function flush(): Promise<void> | undefined {
    if (waiting.length === 0) return running
    if (running !== undefined) {
      following ??= running.then(() => {
        following = undefined
        return start()
      })
      return following
    }
    return start()
  }

  function start(): Promise<void> {
    const current = writeWaiting().finally(() => {
      if (running === current) running = undefined
    })
    running = current
    // Nobody may go on after a lost write: what was answered must be in the file, and in one piece.
    current.catch((error: unknown) => {
      failure = error
      onFailed(error)
    })
    return current
  }

  return {
    append: (line) => {
      if (isClosed) throw new Error('the sandbox is closed')
      if (failure !== undefined) throw failure
      waiting.push(`${crc32(line).toString(16).padStart(8, '0')} ${line}\n`)
    },
    flushed: () => (durable ? flush() : void flush()),
    clear: () => {
      waiting = []
      isCleared = true
    },
    close: async () => {
      isClosed = true
      await flush()
      await running
      closeSync(file)
    },
  }
}

/** A new file is safe once its folder knows it. */
function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  fsyncSync(folder)
  closeSync(folder)
}

function replayLines(file: number, replay: (line: string) => void): void {
  const chunk = Buffer.alloc(CHUNK_BYTES)
  let rest: Buffer = Buffer.alloc(0)
  let goodBytes = 0
  for (let position = 0; ; ) {
    const length = readSync(file, chunk, 0, CHUNK_BYTES, position)
    if (length === 0) break
    position += length
    const bytes = Buffer.concat([rest, chunk.subarray(0, length)])
    let start = 0
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      const line = bytes.toString('utf8', start + CHECKSUM_LENGTH, end)
      if (!matches(bytes.toString('latin1', start, start + 8), line))
        throw new Error(`the sandbox's journal is damaged at byte ${goodBytes}`)
      replay(line)
      goodBytes += end + 1 - start
      start = end + 1
    }
    rest = bytes.subarray(start)
  }
  if (rest.length > 0) ftruncateSync(file, goodBytes)
}

function matches(checksum: string, line: string): boolean {
  return Number.parseInt(checksum, 16) === crc32(line)
}
