import { constants, fstatSync, openSync } from 'node:fs'

/**
 * Standard output such that a write to it never blocks. A blocking write to a pipe that nobody reads holds one of
 * the four threads that files, name look-ups and hashing share, and keeps the process from exiting; a non-blocking
 * one just reports "later". A file or a terminal is used as it is.
 */
export function openUnblocked(descriptor: number): number {
  const kind = fstatSync(descriptor)
  // Node switches a socket (which is what systemd gives) to non-blocking when its stream is first touched.
  if (kind.isSocket() && descriptor === 1) return process.stdout.fd
  if (!kind.isFIFO()) return descriptor
  try {
    // A way in of our own: the flag of the one we were given is shared with other processes.
    return openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch {
    // No /proc (macOS, Windows), or a pipe made by another user: logging still works, only less robustly.
    return descriptor
  }
}
