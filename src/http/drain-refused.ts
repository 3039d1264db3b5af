import type { IncomingMessage } from 'node:http'

const DRAINED_BYTES_MAX = 1_048_576

/**
 * Reads on, keeping nothing, after a request was refused before its end: closing at once would reset the
 * connection, and the sender would see that instead of the answer. Who still sends much more is cut off.
 * @param pass the pace of all bodies: what is thrown away must not take turns from what is kept
 */
export function drainRefused(
  request: IncomingMessage,
  pass: (bytes: number, stage: 'new') => Promise<void> | undefined,
): void {
  if (request.complete || request.destroyed) return
  let byteCount = 0
  request.on('data', (chunk: Buffer) => {
    byteCount += chunk.length
    if (byteCount > DRAINED_BYTES_MAX) {
      request.destroy()
      return
    }
    const turn = pass(chunk.length, 'new')
    if (turn === undefined) return
    request.pause()
    void turn.then(() => request.resume())
  })
  request.resume()
}
