import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openDatabase, type Queryable } from '../../src/store/db.ts'
import { together } from '../../src/store/together.ts'
import { createTestDatabase } from '../support/database.ts'

const say = (tx: Queryable, number: number) =>
  tx.query<{ number: number }>({
    name: 'test_say',
    text: 'select $1::int as number',
    values: [number],
  })
const fail = (tx: Queryable) => tx.query({ name: 'test_fail', text: 'select 1 / 0' })
const withCode = (code: string) => (error: { code?: string }) => error.code === code

test('statements given together answer each its own, in the order given', async () => {
  await using server = await createTestDatabase()
  await using database = openDatabase({ url: server.url, poolSize: 1, applicationName: 'test' })
  const answers = await database.transaction((tx) =>
    together(say(tx, 1), say(tx, 2), Promise.resolve('none')),
  )
  assert.deepEqual([answers[0].rows, answers[1].rows], [[{ number: 1 }], [{ number: 2 }]])
  assert.equal(answers[2], 'none')
})

test('the failure that is thrown is the cause, not the refusals after it, wherever it stands', async () => {
  await using server = await createTestDatabase()
  await using database = openDatabase({ url: server.url, poolSize: 1, applicationName: 'test' })
  await database.transaction(async (tx) => {
    await tx.query({ name: 'test_savepoint', text: 'savepoint here' })
    const late = async () => {
      await Promise.resolve()
      return say(tx, 1)
    }
    await assert.rejects(together(late(), fail(tx), say(tx, 2)), withCode('22012'))
    await tx.query({ name: 'test_back', text: 'rollback to savepoint here' })
    assert.deepEqual((await say(tx, 3)).rows, [{ number: 3 }])
  })
})

test('the cause is thrown even when it was given together inside other work', async () => {
  await using server = await createTestDatabase()
  await using database = openDatabase({ url: server.url, poolSize: 1, applicationName: 'test' })
  for (const inner of [
    (tx: Queryable) => together(fail(tx), say(tx, 1)),
    (tx: Queryable) => together(together(say(tx, 1), fail(tx)), say(tx, 2)),
  ]) {
    await assert.rejects(
      database.transaction((tx) => together(inner(tx), say(tx, 3), say(tx, 4))),
      withCode('22012'),
    )
  }
})

test('a connection that dies under statements given together fails all of them and serves nobody again', async () => {
  await using server = await createTestDatabase()
  await using database = openDatabase({ url: server.url, poolSize: 1, applicationName: 'test' })
  const die = (tx: Queryable) =>
    tx.query({ name: 'test_die', text: 'select pg_terminate_backend(pg_backend_pid())' })
  await assert.rejects(
    database.transaction((tx) => together(say(tx, 1), die(tx), say(tx, 2))),
    (error: Error) => /terminat|closed/i.test(error.message),
  )
  assert.deepEqual((await say(database, 4)).rows, [{ number: 4 }])
})

test('a transaction in which a failure was swallowed is never told to be committed', async () => {
  await using server = await createTestDatabase()
  await using database = openDatabase({ url: server.url, poolSize: 1, applicationName: 'test' })
  const work = database.transaction(async (tx) => {
    await fail(tx).catch(() => undefined)
  })
  await assert.rejects(work, /rolled back/)
})
