import { Client } from 'pg'

// Any number, the same in every release: it is what concurrent starters meet at.
const MIGRATION_LOCK_KEY = 7_305_221_948
const LOCK_WAIT_MS_MAX = 600_000

/**
 * Of several starters one migrates and the others wait. The lock belongs to a transaction on its
 * own connection, not to a session: behind a transaction pooler a session lock would stay with a
 * connection that someone else uses next.
 */
export async function withMigrationLock<T>(
  databaseUrl: string,
  work: () => Promise<T>,
): Promise<T> {
  const client = new Client({ connectionString: databaseUrl })
  let lost: Error | undefined
  client.on('error', (error) => {
    lost = error
  })
  await client.connect()
  try {
    await client.query('begin')
    // The wait is bounded, the transaction's idle time while we migrate is not.
    await client.query('set local statement_timeout = 0')
    await client.query('set local idle_in_transaction_session_timeout = 0')
    await client.query(`set local lock_timeout = ${LOCK_WAIT_MS_MAX}`)
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK_KEY])
    const result = await work()
    if (lost !== undefined) throw new Error(`The migration lock was lost: ${lost.message}`)
    await client.query('commit')
    return result
  } finally {
    // Ends an open transaction as well, and with it the lock.
    await client.end()
  }
}
