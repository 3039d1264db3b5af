/** The intake as a library, and its connections: away, dead, silent, somebody else's. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { openIntake } from '../../edge/intake.ts'
import { queryThrough } from '../../src/store/borrowed-pool.ts'
import { openDatabase } from '../../src/store/db.ts'
import { openDatabaseProxy } from '../support/database-proxy.ts'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/process.ts'
import { jsonOf, openHome, openLoggedIntake, requestOf, signed } from './embedding-fixture.ts'
import { eventBody } from './intake-fixture.ts'

const good = eventBody('evt_1')

/** An application's own. Its end does not wait for its sockets', so the database may still be told of as gone. */
function openPool(url: string): pg.Pool {
  return new pg.Pool({ connectionString: url, max: 1 }).on('error', () => undefined)
}

test('while the database is away the answer is 503, and 200 when it is back', async () => {
  await using home = await openHome()
  const proxy = await openDatabaseProxy(home.url)
  await using intake = openLoggedIntake({ databaseUrl: proxy.url })
  assert.equal((await intake.fetch(requestOf(good))).status, 200)
  await proxy.close()
  const body = eventBody('evt_2')
  const away = await intake.fetch(requestOf(body))
  assert.deepEqual([away.status, away.headers.get('retry-after')], [503, '5'])
  assert.equal(await home.countOf('inbox_events'), 1)
  await using back = openLoggedIntake({ databaseUrl: home.url })
  assert.equal((await back.fetch(requestOf(body))).status, 200)
})

test('a connection that died between two deliveries costs neither an event nor an answer', async () => {
  await using home = await openHome()
  await using proxy = await openDatabaseProxy(home.url)
  await using intake = openLoggedIntake({ databaseUrl: proxy.url, poolSize: 1 })
  assert.equal((await intake.fetch(requestOf(good))).status, 200)
  for (const [index, fault] of (['dies_when_asked', 'dies_before_answer'] as const).entries()) {
    const before = proxy.connectionCount()
    proxy.break(fault)
    const answer = await intake.receive(deliveryOfEvent(`evt_after_${index}`))
    assert.deepEqual([answer.status, jsonOf(answer)], [200, { received: true }], fault)
    assert.ok(proxy.connectionCount() > before)
  }
  assert.equal(await home.countOf('inbox_events'), 3)
  assert.equal(await home.countOf('inbox_queue'), 3)
})

function deliveryOfEvent(id: string) {
  return { headers: signed(eventBody(id)), body: eventBody(id) }
}

test('a connection that went silent is given up, and the next statement has another', async () => {
  await using home = await openHome()
  await using proxy = await openDatabaseProxy(home.url)
  await using db = openDatabase({
    ...{ url: proxy.url, poolSize: 1, applicationName: 'test', statementMsMax: 200 },
  })
  const ping = { name: 'test_ping', text: 'select 1 as one' }
  await db.query(ping)
  proxy.break('silent')
  await assert.rejects(db.query(ping), /Query read timeout/)
  assert.deepEqual((await db.query(ping)).rows, [{ one: 1 }])
  const pool = openPool(proxy.url)
  const borrowed = queryThrough(pool, { isNamed: true, answerMsMax: 200 })
  await borrowed.query(ping)
  proxy.break('silent')
  await assert.rejects(borrowed.query(ping), /Query read timeout/)
  proxy.break('whole')
  assert.deepEqual((await borrowed.query(ping)).rows, [{ one: 1 }])
  await pool.end()
  const slow = { name: 'test_slow', text: 'select pg_sleep(5)' }
  await assert.rejects(db.query(slow), { code: '57014' })
})

test('no answer is given before the commit', async () => {
  await using home = await openHome()
  await using intake = openLoggedIntake({ databaseUrl: home.url })
  let isAnswered = false
  let answer: Promise<Response> | undefined
  await home.db.transaction(async (tx) => {
    await tx.query({ name: 'test_lock', text: 'lock table inbox_events in exclusive mode' })
    answer = intake.fetch(requestOf(good)).finally(() => {
      isAnswered = true
    })
    const readWaiting = async () => {
      const text = 'select pid from pg_locks where not granted'
      return (await tx.query({ name: 'test_waiting', text })).rows
    }
    await eventually(readWaiting, (rows) => rows.length > 0, 5_000)
    assert.equal(isAnswered, false)
  })
  assert.equal((await answer)?.status, 200)
  assert.equal(await home.countOf('inbox_events'), 1)
})

test('the workers are told before the answer is out', async () => {
  await using home = await openHome()
  await using intake = openLoggedIntake({ databaseUrl: home.url })
  const listener = await home.db.connect()
  await listener.query('listen payonce_inbox')
  let told = 0
  listener.on('notification', () => told++)
  await intake.fetch(requestOf(good))
  // What was committed before this answer has been told before it.
  await listener.query('select 1')
  assert.equal(told, 1)
  await listener.end()
})

test('a pool of the application serves, whatever it did to the types of its driver, and stays open', async () => {
  await using home = await openHome()
  const pool = openPool(home.url)
  pg.types.setTypeParser(pg.types.builtins.FLOAT8, (text) => `float ${text}`)
  pg.types.setTypeParser(pg.types.builtins.BOOL, (text) => `bool ${text}`)
  try {
    const intake = openLoggedIntake({ pool, transactionPooler: true })
    await intake.fetch(requestOf(good))
    const repeat = await intake.receive({ headers: signed(good), body: good })
    assert.equal(jsonOf(repeat).duplicate, true)
    await intake.close()
    const { rows } = await pool.query(
      'select count(*)::integer as count from pg_prepared_statements',
    )
    assert.equal(rows[0].count, 0)
  } finally {
    await pool.end()
  }
})

test('through a pooler by transaction nothing is set or prepared on a connection', async () => {
  await using home = await openHome()
  await using db = openDatabase({
    ...{ url: home.url, poolSize: 1, applicationName: 'test', indexOnly: true },
    transactionPooler: true,
  })
  const { rows } = await db.query<{ seqscan: string; prepared: number }>({
    name: 'test_settings',
    text: `select current_setting('enable_seqscan') as seqscan,
      (select count(*)::integer from pg_prepared_statements) as prepared where $1`,
    values: [true],
  })
  assert.deepEqual(rows, [{ seqscan: 'on', prepared: 0 }])
  await using intake = openLoggedIntake({ databaseUrl: home.url, transactionPooler: true })
  assert.equal((await intake.fetch(requestOf(good))).status, 200)
})

test('an address nobody answers at is a 503, and the default log says why without the password', async (t) => {
  const port = await freePort()
  const write = t.mock.method(console, 'error', () => undefined)
  await using intake = openIntake({
    databaseUrl: `postgresql://user:hidden-password@127.0.0.1:${port}/name`,
    webhookSecret: 'whsec_a, whsec_b',
  })
  const answer = await intake.receive({ headers: signed(good), body: good })
  assert.equal(answer.status, 503)
  const lines = write.mock.calls.map(({ arguments: [line] }) => String(line))
  assert.equal(JSON.parse(lines[0] ?? '').code, 'database_unavailable')
  assert.doesNotMatch(lines.join(), /hidden-password/)
})
