import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { registerHandlers } from '../../src/store/event-handlers.ts'
import { eventually } from '../support/eventually.ts'
import { openRunners, succeeded, writeModule } from '../support/handlers.ts'
import { openInbox } from '../support/inbox.ts'

type Inbox = Awaited<ReturnType<typeof openInbox>>
const WAIT_MS = 20_000

const sql = async <Row extends object>(inbox: Inbox, text: string) =>
  (
    await inbox.database.query<Row>({
      name: `test_${createHash('md5').update(text).digest('hex')}`,
      text,
    })
  ).rows
const moveTime = (inbox: Inbox, seconds: number) =>
  sql(inbox, `update clock_offset set seconds = seconds + ${seconds}`)
const owed = (inbox: Inbox) =>
  sql<{ id: string }>(inbox, 'select id from handler_runs where dead_at is null')

test('nothing is owed while no handler is registered, and one added later gets what is applied from then on', async () => {
  await using inbox = await openInbox()
  await inbox.store([succeeded('old')])
  await inbox.drain()
  assert.deepEqual(await owed(inbox), [])
  await registerHandlers(inbox.database, ['first', 'second'])
  await registerHandlers(inbox.database, ['first'])
  await inbox.store([succeeded('new')])
  await inbox.drain()
  const rows = await sql(
    inbox,
    `select e.event_id, r.handler from handler_runs r join inbox_events e on e.id = r.inbox_event_id
      order by r.handler`,
  )
  assert.deepEqual(rows, [
    { event_id: 'evt_new', handler: 'first' },
    { event_id: 'evt_new', handler: 'second' },
  ])
})

test('an old event that is applied once more is told to every handler', async () => {
  await using inbox = await openInbox()
  await inbox.store([succeeded('old')])
  await inbox.drain()
  await registerHandlers(inbox.database, ['late'])
  await sql(
    inbox,
    `insert into inbox_queue (inbox_event_id, received_at, lane, run_at)
      select id, received_at, lane, received_at from inbox_events`,
  )
  await inbox.drain()
  assert.equal((await owed(inbox)).length, 1)
})

test('a handler gets a committed event, exact and immutable, and is asked first', async () => {
  await using module = await writeModule(`
    import { writeFileSync } from 'node:fs'
    export const look = {
      canHandle: (event) => event.type.startsWith('payment_intent.'),
      handle: async (event) => {
        const digits = String(event.object.metadata.large)
        const kind = typeof event.object.metadata.large
        let refused = 0
        for (const change of [() => { event.type = 'x' }, () => { event.object.metadata.large = 1 },
          () => { event.payload.data.x = 1 }]) try { change() } catch { refused++ }
        const { payload, ...rest } = event
        writeFileSync(new URL('./seen.json', import.meta.url), JSON.stringify({ ...rest, object: undefined,
          digits, kind, refused, same: payload.data.object === event.object }))
      },
    }`)
  await using inbox = await openInbox()
  await registerHandlers(inbox.database, ['look'])
  const event = succeeded('one', { metadata: { large: 'LARGE' } })
  await inbox.store([
    event,
    { ...succeeded('other'), id: 'evt_customer', type: 'customer.created' },
  ])
  await sql(
    inbox,
    `update inbox_payloads set headers = '{"traceparent":"00-1-2-01"}',
      body = convert_to(replace(convert_from(body, 'UTF8'), '"LARGE"', '9007199254740993'), 'UTF8')`,
  )
  await inbox.drain()
  await using runners = openRunners(inbox, module.path, 'look')
  await runners.until(
    () => runners.settled.length,
    (n) => n === 2,
  )
  assert.deepEqual(runners.outcomes().toSorted(), ['evt_customer declined', 'evt_one handled'])
  assert.deepEqual(await owed(inbox), [])
  const { readFileSync } = await import('node:fs')
  const seen = JSON.parse(readFileSync(`${module.folder}/seen.json`, 'utf8'))
  const [payment] = await sql<{ id: string }>(inbox, 'select id from payments')
  const [row] = await sql<{ id: string; received_at: Date }>(
    inbox,
    `select id, received_at from inbox_events where event_id = 'evt_one'`,
  )
  assert.deepEqual(seen, {
    id: row?.id,
    providerEventId: 'evt_one',
    provider: 'stripe',
    providerAccountId: 'pac_00000000000000000000000001',
    type: 'payment_intent.succeeded',
    apiVersion: null,
    merchantId: 'mer_00000000000000000000000001',
    livemode: false,
    createdAt: '2025-06-15T15:06:40.000Z',
    receivedAt: row?.received_at.toISOString(),
    status: 'applied',
    paymentId: payment?.id,
    requestId: 'req_1',
    correlationId: 'cor_1',
    traceparent: '00-1-2-01',
    attempt: 1,
    digits: '9007199254740993',
    kind: 'bigint',
    refused: 3,
    same: true,
  })
})

test('whatever a handler throws is tried at once, then five times later, then given up; a retry can succeed', async () => {
  await using module = await writeModule(`
    import { existsSync } from 'node:fs'
    const mended = () => existsSync(new URL('./mended', import.meta.url))
    const faults = [() => { throw new Error('no \\u0000') }, () => Promise.reject(undefined),
      () => { throw { toJSON() { throw 1 } } }, () => { throw 'text' }]
    export const broken = { canHandle: () => true, handle: (event) => {
      told('broken', event)
      if (mended()) return Promise.resolve()
      return faults[event.attempt % faults.length]()
    } }`)
  await using inbox = await openInbox()
  await registerHandlers(inbox.database, ['broken'])
  await inbox.store([succeeded('one')])
  await inbox.drain()
  await using runners = openRunners(inbox, module.path, 'broken')
  const settles = (count: number) =>
    runners.until(
      () => runners.settled.length,
      (n) => n >= count,
    )
  await settles(2)
  assert.equal(module.calls().length, 2, 'one repeat at once')
  const [row] = await sql<{ wait: number }>(
    inbox,
    'select extract(epoch from run_at - failed_at)::float8 as wait from handler_runs',
  )
  assert.ok((row?.wait ?? 0) > 1.5 && (row?.wait ?? 9) < 2.5, `the first wait is 2 s: ${row?.wait}`)
  for (let attempt = 3; attempt <= 7; attempt++) {
    await moveTime(inbox, 4000)
    await settles(attempt)
  }
  await moveTime(inbox, 40_000)
  await runners.takeTurns()
  assert.deepEqual(
    module.calls().map((call) => call.attempt),
    [1, 2, 3, 4, 5, 6, 7],
  )
  assert.deepEqual(
    runners.settled.map((one) => one.outcome),
    [...Array(6).fill('failed'), 'dead'],
  )
  assert.deepEqual(
    await sql(inbox, 'select attempt_count, code, dead_at is not null as dead from handler_runs'),
    [{ attempt_count: 7, code: 'handler_failed', dead: true }],
  )
  const { reviveHandlerRun } = await import('../../src/store/handler-run-reads.ts')
  const [run] = await sql<{ id: string; merchantId: string; livemode: boolean }>(
    inbox,
    'select id, merchant_id as "merchantId", livemode from handler_runs',
  )
  assert.ok(run)
  module.signal('mended')
  assert.equal(
    await reviveHandlerRun(inbox.database, { ...run, livemode: true }, run.id),
    undefined,
  )
  assert.deepEqual(await reviveHandlerRun(inbox.database, run, run.id), { code: 'handler_failed' })
  await settles(8)
  assert.equal(runners.settled.at(-1)?.outcome, 'handled')
  assert.deepEqual(await sql(inbox, 'select id from handler_runs'), [])
  const [core] = await sql<{ n: number }>(inbox, 'select count(*)::int as n from inbox_failures')
  assert.equal(core?.n, 0, 'the core spent nothing')
})

for (const [what, deed, code] of [
  ['blocks its event loop', 'for (;;);', 'handler_timed_out'],
  ['never settles', 'await new Promise(() => {})', 'handler_timed_out'],
  ['ends its process', 'process.exit(0)', 'handler_process_ended'],
  ['kills its process', `process.kill(process.pid, 'SIGKILL')`, 'handler_process_ended'],
  [
    'throws outside of its call',
    `setTimeout(() => { throw new Error('late') }); await new Promise(() => {})`,
    'handler_process_ended',
  ],
] as const) {
  test(`a call that ${what} costs the calls beside it nothing and is tried alone`, async () => {
    await using module = await writeModule(`
      export const mixed = every('mixed', async (event) => {
        if (event.providerEventId === 'evt_bad') { ${deed} }
        await new Promise((resolve) => setTimeout(resolve, 20))
      })`)
    await using inbox = await openInbox()
    await registerHandlers(inbox.database, ['mixed'])
    await inbox.store([succeeded('a'), succeeded('bad'), succeeded('b'), succeeded('c')])
    await inbox.drain()
    await using runners = openRunners(inbox, module.path, 'mixed', { callMsMax: 700 })
    await runners.until(
      () =>
        sql<{ code: string; n: number }>(
          inbox,
          'select code, attempt_count as n from handler_runs',
        ),
      (rows) => rows.length === 1 && (rows[0]?.n ?? 0) >= 2,
    )
    const good = runners.outcomes().filter((one) => one.endsWith(' handled'))
    assert.deepEqual(good.toSorted(), ['evt_a handled', 'evt_b handled', 'evt_c handled'])
    const failed = runners.settled.filter((one) => one.outcome === 'failed')
    assert.deepEqual(new Set(failed.map((one) => one.run.providerEventId)), new Set(['evt_bad']))
    const codes = failed.map(({ end }) => end.outcome === 'failed' && end.code)
    assert.deepEqual(new Set(codes), new Set([code]))
  })
}

test('a promise nobody waits for is told, and the handler goes on', async () => {
  await using module = await writeModule(`
    export const careless = every('careless', async () => {
      Promise.reject(new Error('forgotten'))
      await new Promise((resolve) => setTimeout(resolve, 50))
    })`)
  await using inbox = await openInbox()
  await registerHandlers(inbox.database, ['careless'])
  await inbox.store([succeeded('one')])
  await inbox.drain()
  await using runners = openRunners(inbox, module.path, 'careless')
  await runners.until(
    () => runners.settled.length,
    (n) => n === 1,
  )
  assert.equal(runners.settled[0]?.outcome, 'handled')
  assert.match(runners.trouble.join(), /forgotten/)
})

test('a worker that wakes up late is refused by the fence, and the run is not lost', async () => {
  await using module = await writeModule(`
    import { existsSync } from 'node:fs'
    export const slow = every('slow', async (event) => {
      while (!existsSync(new URL('./go', import.meta.url))) await new Promise((r) => setTimeout(r, 10))
    })`)
  await using inbox = await openInbox()
  await registerHandlers(inbox.database, ['slow'])
  await inbox.store([succeeded('one')])
  await inbox.drain()
  // So long a lease is renewed never within this test: its owner stands still.
  await using late = openRunners(inbox, module.path, 'slow', { leaseSeconds: 3600 })
  await late.until(
    () => module.calls().length,
    (n) => n === 1,
  )
  await using other = openRunners(inbox, module.path, 'slow')
  await other.takeTurns()
  assert.equal(module.calls().length, 1, 'a run that is held is nobody else’s')
  await moveTime(inbox, 3601)
  await other.until(
    () => module.calls().length,
    (n) => n === 2,
  )
  module.signal('go')
  await eventually(
    async () => late.settled.length + other.settled.length,
    (n) => n === 2,
    WAIT_MS,
  )
  assert.deepEqual([late.outcomes(), other.outcomes()], [['evt_one refused'], ['evt_one handled']])
  assert.deepEqual(await owed(inbox), [])
})

test('a lease is renewed while its call lasts', async () => {
  await using module = await writeModule(`
    import { existsSync } from 'node:fs'
    export const slow = every('slow', async () => {
      while (!existsSync(new URL('./go', import.meta.url))) await new Promise((r) => setTimeout(r, 10))
    })`)
  await using inbox = await openInbox()
  await registerHandlers(inbox.database, ['slow'])
  await inbox.store([succeeded('one')])
  await inbox.drain()
  await using runners = openRunners(inbox, module.path, 'slow', { leaseSeconds: 1 })
  await runners.until(
    () => module.calls().length,
    (n) => n === 1,
  )
  const end = async () => (await sql<{ run_at: Date }>(inbox, 'select run_at from handler_runs'))[0]
  const first = (await end())?.run_at.getTime() ?? 0
  await eventually(end, (row) => (row?.run_at.getTime() ?? 0) > first + 1000, WAIT_MS)
  assert.equal(module.calls().length, 1)
  module.signal('go')
  await eventually(
    async () => runners.outcomes(),
    (all) => all[0] === 'evt_one handled',
    WAIT_MS,
  )
})

test('a stop gives calls under way back unspent', async () => {
  await using module = await writeModule(`
    export const endless = every('endless', () => new Promise(() => {}))`)
  await using inbox = await openInbox()
  await registerHandlers(inbox.database, ['endless'])
  await inbox.store([succeeded('one')])
  await inbox.drain()
  const runners = openRunners(inbox, module.path, 'endless', { closeMsMax: 50 })
  await runners.until(
    () => module.calls().length,
    (n) => n === 1,
  )
  await runners.close()
  assert.deepEqual(runners.outcomes(), ['evt_one not_called'])
  assert.deepEqual(
    await sql(
      inbox,
      'select attempt_count, suspect, run_at <= payonce_clock() as due from handler_runs',
    ),
    [{ attempt_count: 0, suspect: false, due: true }],
  )
})

test('an event whose payload is archived is given up with that reason', async () => {
  await using module = await writeModule(`export const any = every('any')`)
  await using inbox = await openInbox()
  await registerHandlers(inbox.database, ['any'])
  await inbox.store([succeeded('one')])
  await inbox.drain()
  await sql(inbox, 'delete from inbox_payloads')
  await using runners = openRunners(inbox, module.path, 'any')
  await runners.until(
    () => runners.settled.length,
    (n) => n === 1,
  )
  assert.deepEqual(await sql(inbox, 'select code, detail from handler_runs'), [
    { code: 'event_unreadable', detail: 'the payload is archived' },
  ])
})
