import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { openDatabase } from '../../src/store/db.ts'
import {
  type InboxEventFilter,
  inboxStatuses,
  listInboxEventIds,
} from '../../src/store/inbox-selection.ts'
import { bulkStore } from '../support/bulk-store.ts'
import { merchantId } from '../support/inbox.ts'
import { openReadServer } from '../support/read-server.ts'

let server: Awaited<ReturnType<typeof openReadServer>>
before(async () => {
  server = await openReadServer()
  await server.fill(41, 40)
  const object = { id: 'cus_1', object: 'customer' }
  await server.store(
    Array.from({ length: 30 }, (_, index) => ({
      id: `evt_customer_${index}`,
      type: 'customer.updated',
      created: 1_750_000_000,
      data: { object },
    })),
  )
  await server.drain()
  // Some of every state: dead, set aside, waiting, parked under two parents, dead although it was ignored before.
  await sql(
    `insert into dead_letters select id, merchant_id, livemode, 6, 'event', 'internal_error', 'no', payonce_clock(),
      case when row_number() over () % 2 = 0 then payonce_clock() end,
      case when row_number() over () % 2 = 0 then 'x' end, case when row_number() over () % 2 = 0 then 'x' end
      from (select * from inbox_events order by md5(id) limit 12) e`,
  )
  await sql(
    `insert into inbox_queue select id, received_at, lane, payonce_clock(), 0, false
      from (select * from inbox_events order by md5(id || 'q') limit 9) e`,
  )
  await sql(
    `with few as (select * from inbox_events where type = 'charge.succeeded' order by md5(id || 'p') limit 4)
      insert into inbox_parked select id, received_at, provider_account_id, kind, 'missing', payonce_clock()
      from few, unnest(array['intent', 'charge']) as kinds(kind)`,
  )
  await sql(
    `delete from inbox_outcomes where inbox_event_id in (select inbox_event_id from inbox_parked)`,
  )
})
after(() => server[Symbol.asyncDispose]())

const sql: typeof server.sql = (text, values) => server.sql(text, values)
const scope = { merchantId, livemode: false }

/** The same question asked the plain way: every event, and what it is, in memory. */
async function everyEvent() {
  return sql(
    `select e.id, e.type, e.received_at, o.payment_id, o.status as outcome, o.reason, d.code, d.set_aside_at,
      case when q.inbox_event_id is not null then 'waiting' when d.inbox_event_id is not null then 'dead'
        when exists (select from inbox_parked w where w.inbox_event_id = e.id) then 'parked' else o.status end as status
      from inbox_events e left join inbox_queue q on q.inbox_event_id = e.id
      left join dead_letters d on d.inbox_event_id = e.id
      left join inbox_outcomes o on o.inbox_event_id = e.id order by e.id`,
  )
}

test('a filter names exactly the events it says, in whatever combination, both ways and page by page', async () => {
  const events = await everyEvent()
  const types = [...new Set(events.map((event) => event.type))]
  const payments = events.flatMap((event) => event.payment_id ?? [])
  const times = events.map((event) => event.received_at)
  const maybe = <T>(from: readonly T[]) => fc.option(fc.constantFrom(...from), { nil: undefined })
  const filters = fc.record({
    type: maybe([...types, 'payment_intent.*', 'charge.*', 'c*', 'nothing.*', 'nothing']),
    status: maybe(inboxStatuses),
    paymentId: fc.option(fc.constantFrom(...payments), { nil: undefined, freq: 8 }),
    receivedFrom: maybe(times),
    receivedTo: maybe(times),
    provider: maybe(['stripe', 'stripe', 'paypal']),
    limit: fc.integer({ min: 5, max: 100 }),
    reason: fc.boolean(),
  })
  const matches = (filter: InboxEventFilter) => (event: (typeof events)[number]) =>
    (filter.type === undefined ||
      (filter.type.endsWith('*')
        ? event.type.startsWith(filter.type.slice(0, -1))
        : event.type === filter.type)) &&
    (filter.status === undefined || event.status === filter.status) &&
    (filter.paymentId === undefined || event.payment_id === filter.paymentId) &&
    (filter.receivedFrom === undefined || event.received_at >= filter.receivedFrom) &&
    (filter.receivedTo === undefined || event.received_at < filter.receivedTo) &&
    (filter.provider === undefined || filter.provider === 'stripe') &&
    (filter.reason === undefined ||
      (filter.status === 'dead' ? event.code : event.reason) === filter.reason)
  // The driver cuts times to milliseconds, so the comparison has to as well.
  await sql(`update inbox_events set received_at = date_trunc('milliseconds', received_at)`)
  await fc.assert(
    fc.asyncProperty(filters, async ({ limit, reason, ...asked }) => {
      const told = { dead: 'internal_error', ignored: 'unhandled_type' }
      const status =
        asked.status === 'dead' || asked.status === 'ignored' ? asked.status : undefined
      const filter = { ...asked, ...(reason && status && { reason: told[status] }) }
      const expected = events.filter(matches(filter)).map((event) => event.id)
      assert.deepEqual(await readForward(filter, limit), expected)
      assert.deepEqual(await readBackward(filter, limit), expected.toReversed())
    }),
    { numRuns: 150 },
  )
})

async function readForward(filter: InboxEventFilter, limit: number): Promise<string[]> {
  const found: string[] = []
  for (;;) {
    const stretch = { order: 'oldest_first', after: found.at(-1) ?? '', limit } as const
    const page = await listInboxEventIds(server.database, scope, filter, stretch)
    found.push(...page)
    if (page.length < limit) return found
  }
}

async function readBackward(filter: InboxEventFilter, limit: number): Promise<string[]> {
  const found: string[] = []
  for (;;) {
    const stretch = { order: 'newest_first', before: found.at(-1), limit } as const
    const page = await listInboxEventIds(server.database, scope, filter, stretch)
    found.push(...page)
    if (page.length < limit) return found
  }
}

test('the list answers each filter on the wire, and names what it does not understand', async () => {
  const [event] = await sql(
    `select e.* from inbox_events e join inbox_outcomes o on o.inbox_event_id = e.id
      where o.payment_id is not null limit 1`,
  )
  for (const id of [event.id, event.event_id]) {
    const { body } = await server.ask(`/provider-events?event_id=${id}`)
    assert.deepEqual(
      body.items.map((item: { id: string }) => item.id),
      [event.id],
    )
  }
  assert.deepEqual((await server.ask('/provider-events?event_id=evt_none')).body.items, [])
  const at = event.received_at.toISOString()
  const query = `type=${event.type}&received_from=${at}&provider=stripe`
  assert.ok((await server.ask(`/provider-events?${query}`)).body.items.length > 0)
  assert.deepEqual(
    (await server.ask(`/provider-events?received_to=2020-01-01T00:00:00Z`)).body.items,
    [],
  )
  for (const [path, pointer] of [
    ['type=pay*ment', '/type'],
    ['reason=unhandled_type', '/reason'],
    ['received_from=2026-02-02T00:00:00Z&received_to=2026-02-01T00:00:00Z', '/received_from'],
  ]) {
    const { status, body } = await server.ask(`/provider-events?${path}`)
    assert.deepEqual([status, body.errors[0].pointer], [400, pointer])
  }
})

test("a provider's id of 255 characters is found, and one that is not there is a plain 404", async () => {
  const long = `evt_${'é'.repeat(200)}_${'x'.repeat(50)}`
  await server.store([
    {
      id: long,
      type: 'customer.created',
      created: 1_750_000_000,
      data: { object: { id: 'cus_2' } },
    },
  ])
  const found = await server.ask(`/provider-events/${encodeURIComponent(long)}`)
  assert.equal(found.status, 200, found.text)
  assert.equal(found.body.provider_event_id, long)
  const missing = await server.ask(`/provider-events/${'y'.repeat(255)}`)
  assert.deepEqual([missing.status, missing.body.code], [404, 'not_found'])
  assert.equal((await server.ask('/provider-events/a%00b')).status, 404)
})

test('no list and no look-up reads a table that grows from end to end', async () => {
  await using own = await openReadServer()
  await own.fill(42, 20)
  await bulkStore(
    own.database,
    Array.from({ length: 20_000 }, (_, index) => ({
      id: `evt_bulk_${index}`,
      type: `bulk.type_${index % 20}`,
      created: 1_750_000_000,
      data: { object: { id: `cus_${index}` } },
    })),
  )
  await own.sql(
    `insert into inbox_outcomes select inbox_event_id, case when random() < 0.9 then 'applied' else 'ignored' end,
      'unhandled_type', null, payonce_clock() from inbox_queue`,
  )
  await own.sql('delete from inbox_queue')
  await own.sql('vacuum analyze inbox_events, inbox_outcomes, inbox_payloads')
  const [{ payment_id: paymentId }] = await own.sql(
    'select payment_id from inbox_outcomes where payment_id is not null limit 1',
  )
  // Planned as for people's questions: nothing forbids a sequential scan but that it would be worse.
  await using reader = openDatabase({ url: own.url, poolSize: 1, applicationName: 'plans' })
  const scans = async () => {
    await reader.query({ name: 'flush', text: 'select pg_stat_force_next_flush()' })
    const { rows } = await reader.query<{ name: string; scans: string }>({
      name: 'scans',
      text: `select relname as name, seq_scan::text as scans from pg_stat_user_tables
        where relname in ('inbox_events', 'inbox_outcomes') or relname like 'inbox\\_payloads%' order by 1`,
    })
    return rows
  }
  const before = await scans()
  const filters: InboxEventFilter[] = [
    {},
    { type: 'bulk.type_3' },
    { type: 'payment_intent.*' },
    { type: 'nothing.*' },
    { paymentId },
    { provider: 'stripe' },
    { receivedFrom: new Date(Date.now() - 60_000), receivedTo: new Date() },
    { type: 'bulk.*', receivedTo: new Date('2020-01-01T00:00:00Z') },
    ...inboxStatuses.map((status) => ({ status })),
    { status: 'ignored', reason: 'unhandled_type' },
    { status: 'dead', reason: 'internal_error', setAside: false },
  ]
  for (const filter of filters) {
    for (const stretch of [
      { order: 'newest_first', before: undefined, limit: 21 },
      { order: 'oldest_first', after: 'pev_', limit: 100 },
    ] as const) {
      await listInboxEventIds(reader, scope, filter, stretch)
      assert.deepEqual(await scans(), before, JSON.stringify({ filter, stretch }))
    }
  }
})
