import type { Database, Transaction } from './db.ts'

/** Several questions about one moment: what commits meanwhile is seen by none of them. */
export function readSnapshot<T>(
  database: Pick<Database, 'transaction'>,
  read: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return database.transaction(async (tx) => {
    await tx.query({
      name: 'snapshot_begin',
      text: 'set transaction isolation level repeatable read, read only',
    })
    return read(tx)
  })
}
