import type { Database } from './db.ts'

/**
 * Makes the partition of a month if it is missing. It is made apart and then attached, which does not block writers
 * of other months; bodies of that month that already lie in the default partition stay there.
 */
export async function prepareMonth(database: Database, month: Date): Promise<void> {
  const from = month.toISOString().slice(0, 10)
  const to = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 1))
    .toISOString()
    .slice(0, 10)
  const name = `inbox_payloads_${from.slice(0, 7).replace('-', '_')}`
  await database.transaction(async (tx) => {
    // Several processes prepare at once; the lock ends with the transaction.
    await tx.query({
      name: 'payload_partitions_lock',
      text: `select pg_advisory_xact_lock(hashtextextended('payonce payload partitions', 0))`,
    })
    const { rows } = await tx.query<{ ready: boolean }>({
      name: 'payload_partitions_ready',
      text: `select to_regclass($1) is not null
        or exists (select 1 from inbox_payloads_unprepared where received_at >= $2 and received_at < $3) as ready`,
      values: [name, `${from}T00:00:00Z`, `${to}T00:00:00Z`],
    })
    if (rows[0]?.ready) return
    await tx.query({
      name: `payload_partitions_create_${name}`,
      text: `create table ${name} (like inbox_payloads including defaults including constraints)`,
    })
    await tx.query({
      name: `payload_partitions_attach_${name}`,
      text: `alter table inbox_payloads attach partition ${name}
        for values from ('${from}T00:00:00Z') to ('${to}T00:00:00Z')`,
    })
  })
}
