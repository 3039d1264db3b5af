import { compactBalances } from '../store/compact-balances.ts'
import type { Database } from '../store/db.ts'
import type { Duty } from './duty.ts'

const POLL_MS = 5_000

/** Merges the balance deltas that every commit appends, so that a balance stays a sum of few rows. */
export function balanceCompactor(database: Database): Duty {
  return {
    name: 'balance-compactor',
    pollMs: POLL_MS,
    takeTurn: async () => ((await compactBalances(database)) > 0 ? 'worked' : 'idle'),
  }
}
