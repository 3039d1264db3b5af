/** The intake as a library: it answers and stores as the server does, whoever holds the socket. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openIntake } from '../../edge/intake.ts'
import { createEmptyDatabase, createTestDatabase } from '../support/database.ts'
import { jsonOf, openHome, openLoggedIntake, requestOf, signed } from './embedding-fixture.ts'
import { eventBody, openIntake as openServerIntake, sign } from './intake-fixture.ts'

type Wire = { status: number; headers: Headers; body: Record<string, unknown> }

/** What must not depend on who holds the socket. */
function comparable({ status, headers, body: { request_id, type, ...told } }: Wire) {
  const detail = String(told.detail)
    .replace(/\d+ s old/, '… s old')
    .replace(/\([^)]*Z\)/, '(now)')
  const [media, retryAfter, allow, cached] = [
    ...['content-type', 'retry-after', 'allow', 'cache-control'].map((name) => headers.get(name)),
  ]
  const page = String(type).split('/').at(-1)
  const hasId = request_id !== undefined
  return { status, media, retryAfter, allow, cached, hasId, page, told: { ...told, detail } }
}

const good = eventBody('evt_1')
const pretty = JSON.stringify(JSON.parse(good), null, 2)
const deep = `{"a":${'['.repeat(200)}${']'.repeat(200)}}`
const large = Buffer.alloc(10 * 1024 * 1024 + 1, ' ')
const old = Math.floor(Date.now() / 1000) - 10_000
const deliveries: [what: string, body: string | Buffer, headers: Record<string, string>][] = [
  ['the first', good, signed(good)],
  ['a repeat', good, signed(good)],
  ['another event', eventBody('evt_2'), signed(eventBody('evt_2'))],
  ['a collision', eventBody('evt_2', { created: 1 }), signed(eventBody('evt_2', { created: 1 }))],
  ['no signature', good, { 'content-type': 'application/json' }],
  ['no v1 signature', good, { 'stripe-signature': 't=1,v0=aa' }],
  ['another secret', good, { 'stripe-signature': sign(good, 'whsec_other') }],
  ['a body written out again', good, signed(pretty)],
  ['a trimmed body', good, signed(`${good}\n`)],
  ['an old signature', good, { 'stripe-signature': sign(good, undefined, old) }],
  ['no JSON', '{', signed('{')],
  ['too deep', deep, signed(deep)],
  ['no event', '{}', signed('{}')],
  ['too large', large, signed(large)],
  ['compressed', good, signed(good, { 'content-encoding': 'gzip' })],
  ['an empty body', '', signed('')],
]

test('a mounted intake gives every answer the server gives, and stores the same rows', async () => {
  const seen: { what: string; answer: unknown }[][] = []
  const rows: unknown[] = []
  const stored = async (db: Awaited<ReturnType<typeof openHome>>['db']) => {
    const { rows } = await db.query({
      name: 'test_stored',
      text: `select event_id, type, encode(body, 'escape') as body, event.lane, livemode, event_created_at,
          payload.headers->>'content-type' as media, queue.lane is not null as queued, ordering_key, object_reference,
          (select count(*)::integer from inbox_collisions) as collisions
        from inbox_events event join inbox_payloads payload on payload.inbox_event_id = event.id
        left join inbox_queue queue on queue.inbox_event_id = event.id order by event_id`,
    })
    return rows
  }
  {
    await using database = await createTestDatabase()
    await using server = await openServerIntake(database.url)
    const answers = []
    for (const [what, body, headers] of deliveries) {
      const response = await fetch(server.url, {
        ...{ method: 'POST', headers },
        body: typeof body === 'string' ? body : new Uint8Array(body),
      })
      const wire = { status: response.status, headers: response.headers }
      const told = (await response.json()) as Wire['body']
      answers.push({ what, answer: comparable({ ...wire, body: told }) })
    }
    seen.push(answers)
    rows.push(await stored(server.db))
  }
  for (const mount of ['fetch', 'receive'] as const) {
    await using home = await openHome()
    await using intake = openLoggedIntake({ databaseUrl: home.url })
    const answers = []
    for (const [what, body, headers] of deliveries) {
      const answer =
        mount === 'fetch'
          ? await intake.fetch(requestOf(body, headers)).then(async (response) => ({
              ...{ status: response.status, headers: response.headers },
              body: (await response.json()) as Wire['body'],
            }))
          : await intake.receive({ headers, body }).then((given) => ({
              ...given,
              headers: new Headers(given.headers),
              body: jsonOf(given),
            }))
      answers.push({ what, answer: comparable(answer) })
    }
    seen.push(answers)
    rows.push(await stored(home.db))
  }
  assert.deepEqual(seen[1], seen[0])
  assert.deepEqual(seen[2], seen[0])
  assert.deepEqual(rows[1], rows[0])
  assert.deepEqual(rows[2], rows[0])
  const codes = seen[0]?.map(({ answer }) => (answer as ReturnType<typeof comparable>).page)
  assert.ok(codes?.includes('signature_mismatch') && codes.includes('body_too_large'))
})

test('100 parallel deliveries of one event through two intakes store it once', async () => {
  await using home = await openHome()
  await using one = openLoggedIntake({ databaseUrl: home.url })
  await using two = openLoggedIntake({ databaseUrl: home.url })
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      (index % 2 === 0 ? one : two).receive({ headers: signed(good), body: good }),
    ),
  )
  assert.ok(answers.every(({ status }) => status === 200))
  assert.equal(answers.filter((answer) => jsonOf(answer).duplicate === true).length, 99)
  assert.equal(await home.countOf('inbox_queue'), 1)
})

test('a body that was written out again is told apart from a wrong secret', async () => {
  await using home = await openHome()
  await using intake = openLoggedIntake({ databaseUrl: home.url })
  const parsedAndBack = JSON.stringify(JSON.parse(pretty))
  const answer = await intake.receive({ headers: signed(pretty), body: parsedAndBack })
  assert.deepEqual([answer.status, jsonOf(answer).code], [400, 'signature_mismatch'])
  assert.match(String(jsonOf(answer).detail), /re-serialised the body: pass on the raw bytes/)
})

test('a body that was read or parsed already is our fault, said as such, and comes back', async () => {
  await using home = await openHome()
  await using intake = openLoggedIntake({ databaseUrl: home.url })
  const read = requestOf(good)
  await read.json()
  const locked = requestOf(good)
  locked.body?.getReader()
  const parsed = JSON.parse(good) as Uint8Array
  const answers = [
    await intake.receive({ headers: signed(good), body: read }),
    await intake.receive({ headers: signed(good), body: locked.body }),
    await intake.receive({ headers: signed(good), body: parsed }),
  ]
  for (const answer of answers) {
    assert.deepEqual([answer.status, jsonOf(answer).code], [500, 'body_already_read'])
  }
  assert.equal(intake.lines.filter(({ message }) => message === 'request failed').length, 3)
  const response = await intake.fetch(new Request('http://localhost/'))
  assert.deepEqual([response.status, response.headers.get('allow')], [405, 'POST'])
})

test('a stream is bounded while it arrives, and so are all bodies together', async () => {
  await using home = await openHome()
  await using intake = openLoggedIntake({ databaseUrl: home.url, bytesMax: 20_000 })
  let chunkCount = 0
  async function* endless() {
    for (;;) {
      chunkCount++
      yield new Uint8Array(4096)
    }
  }
  const full = await intake.receive({ headers: signed(good), body: endless() })
  assert.deepEqual(
    [full.status, jsonOf(full).code, full.headers['retry-after']],
    [503, 'intake_full', '5'],
  )
  assert.ok(chunkCount < 10, `${chunkCount}`)
  await using roomy = openLoggedIntake({ databaseUrl: home.url })
  const tooLarge = await roomy.receive({ headers: signed(good), body: endless() })
  assert.deepEqual([tooLarge.status, jsonOf(tooLarge).code], [413, 'body_too_large'])
  const after = await intake.receive({ headers: signed(good), body: good })
  assert.equal(after.status, 200)
})

test('an account has its own address, and networks are held where they are given', async () => {
  await using home = await openHome()
  const networks = ['192.0.2.0/24']
  await using intake = openLoggedIntake({ databaseUrl: home.url, allowedNetworks: networks })
  const unknown = await intake.receive({ headers: signed(good), body: good })
  assert.deepEqual([unknown.status, jsonOf(unknown).code], [403, 'origin_not_allowed'])
  const remoteAddress = '192.0.2.7'
  const foreign = await intake.fetch(requestOf(good), { remoteAddress, accountId: 'pac_none' })
  assert.equal(foreign.status, 404)
  const { rows } = await home.db.query<{ id: string }>({
    name: 'test_account',
    text: 'select id from provider_accounts',
  })
  const own = await intake.fetch(requestOf(good), { remoteAddress, accountId: rows[0]?.id })
  assert.equal(own.status, 200)
})

test('a database without our tables, without an account or without the database itself is never a 200', async () => {
  await using empty = await createEmptyDatabase()
  await using unmigrated = openLoggedIntake({ databaseUrl: empty.url })
  const answer = await unmigrated.receive({ headers: signed(good), body: good })
  assert.deepEqual([answer.status, jsonOf(answer).code], [503, 'database_not_migrated'])
  assert.equal(answer.headers['retry-after'], '5')
  assert.match(JSON.stringify(unmigrated.lines), /database_not_migrated/)

  await using bare = await createTestDatabase()
  await using homeless = openLoggedIntake({ databaseUrl: bare.url })
  const missing = await homeless.receive({ headers: signed(good), body: good })
  assert.deepEqual([missing.status, jsonOf(missing).code], [404, 'unknown_webhook_endpoint'])
  assert.match(String(jsonOf(missing).detail), /start a Payonce on this database/)

  const nowhere = new URL(bare.url)
  nowhere.pathname = '/nowhere'
  await using lost = openLoggedIntake({ databaseUrl: nowhere.href })
  const away = await lost.receive({ headers: signed(good), body: good })
  assert.deepEqual([away.status, jsonOf(away).code], [503, 'database_unavailable'])
  assert.throws(() => openIntake({ databaseUrl: undefined }), /DATABASE_URL/)
})
