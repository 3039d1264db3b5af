import { readClock } from '../store/clock.ts'
import type { Database } from '../store/db.ts'
import { prepareMonth } from '../store/payload-partitions.ts'
import type { Duty } from './duty.ts'

const POLL_MS = 6 * 60 * 60 * 1000
const MONTHS_AHEAD = 2

/** Keeps the payload partitions of this month and the next two ready, so that bodies never pile up in the default. */
export function payloadPartitioner(database: Database): Duty {
  return {
    name: 'payload-partitioner',
    pollMs: POLL_MS,
    takeTurn: async () => {
      const at = await readClock(database)
      for (let ahead = 0; ahead <= MONTHS_AHEAD; ahead++) {
        await prepareMonth(
          database,
          new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + ahead, 1)),
        )
      }
      return 'idle'
    },
  }
}
