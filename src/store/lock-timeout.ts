import type { Transaction } from './db.ts'

/** From now on this transaction fails (`isLockTimeout`) rather than wait longer for one lock. */
export async function limitLockWaits(tx: Transaction, ms: number): Promise<void> {
  await tx.query({
    name: 'lock_timeout',
    text: `select set_config('lock_timeout', $1, true)`,
    values: [String(ms)],
  })
}
