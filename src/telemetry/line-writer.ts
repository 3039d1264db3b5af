import { write as writeDescriptor, writeSync } from 'node:fs'

/** Writes to a descriptor that may be full, stuck or gone, one chunk at a time, without ever blocking the process. */
export type LineWriter = {
  /** @returns false when the chunk could not be written, for good or until `close` */
  write(text: string): Promise<boolean>
  /** true once nobody can read any more: whatever is written from then on is lost */
  isBroken(): boolean
  /** One attempt on the way out of the process; what does not fit is lost. */
  writeNow(text: string): void
  /** Gives up what is being written. */
  close(): void
}

const FULL_PIPE_RETRY_MS = 20
const FULL_DISK_RETRY_MS = 500
/** What passes by itself: a pipe that is full, a call that was interrupted, a disk or a quota that is full. */
const retryMsByCode: Record<string, number> = {
  EAGAIN: FULL_PIPE_RETRY_MS,
  EINTR: 0,
  ENOSPC: FULL_DISK_RETRY_MS,
  EDQUOT: FULL_DISK_RETRY_MS,
  EIO: FULL_DISK_RETRY_MS,
}

export function openLineWriter(descriptor: number): LineWriter {
  let isBroken = false
  let isClosed = false
  let giveUp: (() => void) | undefined

  return {
    isBroken: () => isBroken,
    close: () => {
      isClosed = true
      giveUp?.()
    },
    writeNow: (text) => {
      try {
        if (!isBroken) writeSync(descriptor, text)
      } catch {
        // There is nobody left to tell.
      }
    },
    write: (text) => {
      const { promise, resolve } = Promise.withResolvers<boolean>()
      let rest: Buffer = Buffer.from(text)
      giveUp = () => resolve(false)
      const proceed = (): void => {
        if (isClosed) resolve(false)
        else writeDescriptor(descriptor, rest, 0, rest.length, null, settle)
      }
      const settle = (error: NodeJS.ErrnoException | null, writtenCount: number): void => {
        if (error !== null) {
          const retryMs = retryMsByCode[error.code ?? '']
          if (retryMs !== undefined) {
            // Nothing but the log waits for it, so it alone does not keep the process alive.
            setTimeout(proceed, retryMs).unref()
            return
          }
          isBroken = true
          resolve(false)
          return
        }
        rest = rest.subarray(writtenCount)
        if (rest.length === 0) resolve(true)
        else proceed()
      }
      proceed()
      return promise
    },
  }
}
