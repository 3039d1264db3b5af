import { constants, fstatSync, openSync } from 'node:fs'

const STANDARD_OUTPUT = 1

/**
 * Standard output such that a write to it never blocks. A blocking write to a pipe that nobody reads holds one of
 * the four threads that files, name look-ups and hashing share, and keeps the process from exiting; a non-blocking
 * one just reports "later". A file or a terminal is used as it is.
 */
export function openUnblocked(descriptor: number): number {
  const kind = fstatSync(descriptor)
  if (kind.isSocket()) return unblockByStream(descriptor)
  if (!kind.isFIFO()) return descriptor
  try {
    // A way in of our own: the flag of the one we were given is shared with other processes.
    return openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch {
    // A pipe of another user, as containers give to a process that is not root; or no /proc (macOS, Windows).
    return unblockByStream(descriptor)
  }
}

/** Node switches its own standard output, a pipe or a socket, to non-blocking when the stream is first touched. */
function unblockByStream(descriptor: number): number {
  return descriptor === STANDARD_OUTPUT ? process.stdout.fd : descriptor
}
