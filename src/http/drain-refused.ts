import type { IncomingMessage } from 'node:http'

const DRAINED_BYTES_MAX = 1_048_576

/**
 * Reads on, keeping nothing, after a request was refused before its end: closing at once would reset the
 * connection, and the sender would see that instead of the answer. Who still sends much more is cut off.
 */
export function drainRefused(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return
  let byteCount = 0
  request.on('data', (chunk: Buffer) => {
    byteCount += chunk.length
    if (byteCount > DRAINED_BYTES_MAX) request.destroy()
  })
  request.resume()
}
