import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { createTestDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { deliver, eventBody, openIntake } from './intake-fixture.ts'

test('a webhook that arrives while its month is prepared is stored, not refused', async () => {
  await using database = await createTestDatabase()
  await using intake = await openIntake(database.url)
  const preparing = new pg.Client({ connectionString: database.url })
  await preparing.connect()
  try {
    const month = new Date()
    const from = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth(), 1)).toISOString()
    const to = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 1)).toISOString()
    await preparing.query('create table inbox_payloads_now (like inbox_payloads including all)')
    await preparing.query('begin')
    await preparing.query(
      `alter table inbox_payloads attach partition inbox_payloads_now for values from ('${from}') to ('${to}')`,
    )
    // The partition is there for nobody else yet, and the default partition is locked.
    const answer = deliver(intake.url, eventBody('evt_race'))
    await eventually(
      async () => {
        const { rows } = await preparing.query(
          `select count(*)::int as count from pg_locks where not granted and database =
            (select oid from pg_database where datname = current_database())`,
        )
        return rows[0].count
      },
      (count) => count > 0,
      10_000,
    )
    await preparing.query('commit')
    assert.equal((await answer).status, 200)
    const { rows } = await preparing.query('select count(*)::int as count from inbox_payloads_now')
    assert.equal(rows[0].count, 1)
  } finally {
    await preparing.end()
  }
})
