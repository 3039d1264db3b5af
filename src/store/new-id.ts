import { randomFillSync } from 'node:crypto'
import { encodeId, type NewId } from '../domain/ids.ts'

const POOL_BYTES = 8192
const ID_BYTES = 10

/** Opens an id source over the system's clock and a pooled random buffer: one system call for 800 ids. */
export function openIdSource(nowMs: () => number = Date.now): NewId {
  const pool = new Uint8Array(POOL_BYTES)
  let offset = POOL_BYTES
  return (kind) => {
    if (offset + ID_BYTES > POOL_BYTES) {
      randomFillSync(pool)
      offset = 0
    }
    const bytes = pool.subarray(offset, offset + ID_BYTES)
    offset += ID_BYTES
    return encodeId(kind, nowMs(), bytes)
  }
}
