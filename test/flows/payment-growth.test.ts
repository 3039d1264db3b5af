import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSandbox } from '../../sandbox/sandbox.ts'
import { createTestDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { charge, openPaymentsApp, webhookSecret } from '../support/payments-app.ts'
import { freePort } from '../support/process.ts'
import { runSql } from '../support/test-server.ts'

const PAYMENT_COUNT = 200
const AT_ONCE = 8
/** What one payment, its webhooks and its refund may look at in one index. A walk over all of it is hundreds. */
const ROWS_A_PAYMENT_MAX = 25

const growing = [
  ...['payments', 'payment_attempts', 'idempotency_keys', 'payment_events', 'provider_objects'],
  ...['outbox_events', 'journal_entries', 'postings', 'inbox_events', 'refunds'],
]

type Read = { table: string; reader: string; rows: number }

/** Rows read so far: by each index, and by walking each table. */
async function readsOf(url: string): Promise<Map<string, Read>> {
  const { rows } = await runSql(
    url,
    `select relname as table, 'a walk over the table' as reader, seq_tup_read::int as rows
      from pg_stat_user_tables where relname = any('{${growing.join(',')}}')
      union all
      select relname, indexrelname, idx_tup_read::int
      from pg_stat_user_indexes where relname = any('{${growing.join(',')}}')`,
  )
  return new Map(rows.map((row) => [`${row.table} by ${row.reader}`, row as Read]))
}

for (const isAnalyzed of [false, true]) {
  test(`what a payment costs does not grow with the payments there are, ${isAnalyzed ? 'analyzed' : 'not yet analyzed'}`, async () => {
    await using database = await createTestDatabase()
    const port = await freePort()
    await using sandbox = await openSandbox({
      ...{ seed: 7, webhookSecret, report: () => {} },
      webhookUrl: `http://127.0.0.1:${port}/webhooks/stripe`,
    })
    const pay = async (round: string) => {
      // A server tells what was read when its connections end.
      await using app = await openPaymentsApp({ databaseUrl: database.url, sandbox, port })
      let left = PAYMENT_COUNT
      const payOneByOne = async () => {
        while (left-- > 0) {
          const { body } = await app.post('/payments', charge, { key: `${round}_${left}` })
          assert.equal(body.status, 'succeeded')
          if (left % 4 === 0) await app.post(`/payments/${body.id}/refund`, { amount_cents: 1 })
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, payOneByOne))
      await eventually(
        () => runSql(database.url, 'select count(*)::int as count from inbox_queue'),
        ({ rows }) => rows[0].count === 0,
        20_000,
      )
    }
    await pay('first')
    // As the server does by itself some day: a plan must be right before that and after it.
    if (isAnalyzed) await runSql(database.url, 'analyze')
    const before = await readsOf(database.url)
    await pay('second')
    const after = await readsOf(database.url)
    assert.ok(after.size > growing.length)
    const walks = [...after].flatMap(([name, { rows }]) => {
      const perPayment = (rows - (before.get(name)?.rows ?? 0)) / PAYMENT_COUNT
      return perPayment > ROWS_A_PAYMENT_MAX ? `${name}: ${perPayment} rows a payment` : []
    })
    assert.deepEqual(walks, [])
  })
}
