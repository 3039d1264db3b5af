import { statfs } from 'node:fs/promises'
import { type Finding, fail, messageOf, ok, warn } from './finding.ts'

const GIBIBYTE = 1024 ** 3
/** Below it PostgreSQL may not find room for its log of a busy hour (`max_wal_size` is 4 GB). */
const FREE_BYTES_WARN = 5 * GIBIBYTE
/** Below it the next checkpoint may stop the server. */
const FREE_BYTES_FAIL = GIBIBYTE / 2

export async function checkDisk(dataDir: string): Promise<Finding> {
  try {
    const { bavail, bsize } = await statfs(dataDir)
    return judgeDisk(dataDir, bavail * bsize)
  } catch (error) {
    return fail(
      'disk',
      `${dataDir} cannot be looked at: ${messageOf(error)}`,
      'Correct PAYONCE_DATA_DIR, or start Payonce once to make the folder.',
    )
  }
}

export function judgeDisk(dataDir: string, freeBytes: number): Finding {
  const found = `${(freeBytes / GIBIBYTE).toFixed(1)} GiB are free for ${dataDir}.`
  const fix = 'Free or add space; a full disk stops PostgreSQL, and webhooks are then answered 503.'
  if (freeBytes < FREE_BYTES_FAIL) return fail('disk', found, fix)
  return freeBytes < FREE_BYTES_WARN ? warn('disk', found, fix) : ok('disk', found)
}
