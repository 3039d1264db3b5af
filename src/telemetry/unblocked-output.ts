import { constants, fstatSync, openSync } from 'node:fs'

/**
 * A second, non-blocking way into standard output when that is a pipe. A blocking write to a pipe that nobody
 * reads holds one of the four threads that files, name look-ups and hashing share, and keeps the process from
 * exiting; a non-blocking one just reports "later". Elsewhere the descriptor is used as it is.
 */
export function openUnblocked(descriptor: number): number {
  if (!fstatSync(descriptor).isFIFO()) return descriptor
  try {
    return openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch {
    // No /proc (macOS, Windows), or a pipe made by another user: logging still works, only less robustly.
    return descriptor
  }
}
