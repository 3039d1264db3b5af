import type { Database } from '../store/db.ts'
import { eraseIdempotencyBodies } from '../store/idempotency-keys.ts'
import type { Duty } from './duty.ts'

const POLL_MS = 60_000
const KEPT_DAYS = 30
const COUNT_MAX = 500

/** Erases answers after 30 days. The key and what it made stay, so that a late repeat never charges again. */
export function idempotencyEraser(database: Database): Duty {
  return {
    name: 'idempotency-eraser',
    pollMs: POLL_MS,
    takeTurn: async () => {
      const erased = await eraseIdempotencyBodies(database, {
        days: KEPT_DAYS,
        countMax: COUNT_MAX,
      })
      return erased > 0 ? 'worked' : 'idle'
    },
  }
}
