import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Body, openReadServer } from '../support/read-server.ts'

let server: Awaited<ReturnType<typeof openReadServer>>
before(async () => {
  server = await openReadServer()
  await server.fill(7, 30)
})
after(() => server[Symbol.asyncDispose]())

const sql: typeof server.sql = (text, values) => server.sql(text, values)
const readAll: typeof server.readAll = (path, limit) => server.readAll(path, limit)

test('an event that waits is told with the time of its next try', async () => {
  const [row] = await sql('select id, provider_reference from payments limit 1')
  await server.store([
    {
      id: 'evt_waiting',
      type: 'payment_intent.processing',
      created: 1_750_000_000,
      data: { object: { id: row.provider_reference, object: 'payment_intent' } },
    },
  ])
  const [queued] = await sql('select inbox_event_id, run_at from inbox_queue')
  const { body } = await server.ask(`/payments/${row.id}/timeline`)
  assert.equal(body.next_action_at, queued.run_at.toISOString())
  assert.match(body.explanation, /one provider event is about it still to be applied\.$/)
  const waiting = await server.ask('/provider-events?status=waiting')
  assert.deepEqual(
    waiting.body.items.map((item: Body) => [item.id, item.status]),
    [[queued.inbox_event_id, 'waiting']],
  )
  await server.drain()
})

test('an event is shown in the bytes it came in, found by either id', async () => {
  const [event] = await sql('select id, event_id from inbox_events limit 1')
  const ours = await server.ask(`/provider-events/${event.id}`)
  const theirs = await server.ask(`/provider-events/${event.event_id}`)
  assert.deepEqual(ours.body, theirs.body)
  assert.equal(JSON.parse(ours.body.payload).id, event.event_id)
  assert.equal(ours.body.payload_base64, null)
  assert.equal(ours.body.payload_encoding, 'utf-8')
  assert.equal(ours.body.status, 'applied')
  assert.equal(ours.body.signature.verdict, 'verified')
  const bytes = Buffer.from([0xff, 0x00, 0x7b])
  await sql('update inbox_payloads set body = $1 where inbox_event_id = $2', [bytes, event.id])
  const binary = await server.ask(`/provider-events/${event.id}`)
  assert.equal(binary.body.payload, null)
  assert.equal(binary.body.payload_base64, bytes.toString('base64'))
  assert.equal(binary.body.payload_encoding, 'base64')
})

test('every event has one status, and the lists by status are a partition', async () => {
  const all = await readAll('/provider-events', 100)
  const parts = await Promise.all(
    ['waiting', 'applied', 'ignored', 'parked', 'dead'].map((status) =>
      readAll(`/provider-events?status=${status}`, 100),
    ),
  )
  assert.deepEqual(
    parts
      .flat()
      .map((item) => item.id)
      .toSorted(),
    all.map((item) => item.id).toSorted(),
  )
})

test('a dead letter is seen, and once retried is work again and no dead letter', async () => {
  const [event] = await sql('select id from inbox_events order by id limit 1')
  await sql(
    `insert into dead_letters select id, merchant_id, livemode, 5, 'event', 'event_field_invalid', 'no', payonce_clock()
      from inbox_events where id = $1`,
    [event.id],
  )
  const { body } = await server.ask('/dead-letters')
  assert.deepEqual(
    body.items.map((item: Body) => [item.id, item.code, item.attempt_count]),
    [[event.id, 'event_field_invalid', 5]],
  )
  const retry = `/dead-letters/${event.id}/retry`
  for (const key of ['otherMode', 'otherMerchant'] as const) {
    assert.equal((await server.ask(retry, { key, method: 'POST' })).status, 404)
  }
  assert.equal((await server.ask(retry, { method: 'POST' })).status, 202)
  assert.equal(server.wakeUps.length, 1)
  assert.deepEqual((await server.ask('/dead-letters')).body.items, [])
  const [queued] = await sql('select attempt_count from inbox_queue where inbox_event_id = $1', [
    event.id,
  ])
  assert.equal(queued.attempt_count, 0)
  assert.equal((await server.ask(retry, { method: 'POST' })).status, 409)
  await sql('delete from inbox_queue')
})

test('a collision is seen with what it said', async () => {
  const [event] = await sql('select id, event_id from inbox_events limit 1')
  await sql(
    `insert into inbox_collisions select 'col_00000000000000000000000001', id, merchant_id, livemode, event_id,
      'other.type', null, event_created_at, '\\x01', 'req_9', convert_to('{"a":1}', 'UTF8'), '{}', payonce_clock()
      from inbox_events where id = $1`,
    [event.id],
  )
  const { body } = await server.ask('/provider-events/collisions')
  assert.equal(body.items[0].collides_with, event.id)
  assert.equal(body.items[0].payload, '{"a":1}')
  const { body: first } = await server.ask(`/provider-events/${event.id}`)
  assert.deepEqual(
    first.collisions.map((one: Body) => [one.id, one.type]),
    [['col_00000000000000000000000001', 'other.type']],
  )
})

test('an event tells its attempts, what it changed, and its headers without what is secret', async () => {
  const [event] = await sql(
    `select e.id from inbox_events e join inbox_outcomes o on o.inbox_event_id = e.id
      join payment_events c on c.subject_id = o.payment_id and c.inbox_event_id = e.id
      where e.type = 'payment_intent.created' limit 1`,
  )
  await sql(`update inbox_payloads set headers = $1 where inbox_event_id = $2`, [
    { 'stripe-signature': 't=1750000000,v1=abc', 'user-agent': 'Stripe', 'x-api-key': 'k' },
    event.id,
  ])
  await sql(
    `insert into inbox_failures (inbox_event_id, attempt, error_type, code, detail, failed_at)
      values ($1, 1, 'event', 'event_field_invalid', 'no amount', payonce_clock() - interval '1 hour')`,
    [event.id],
  )
  const { body } = await server.ask(`/provider-events/${event.id}`)
  assert.deepEqual(
    body.attempts.map((one: Body) => [one.outcome, one.attempt, one.code]),
    [
      ['applied', null, null],
      ['failed', 1, 'event_field_invalid'],
    ],
  )
  assert.deepEqual(body.headers, {
    'stripe-signature': 't=1750000000,[secret]',
    'user-agent': 'Stripe',
    'x-api-key': '[secret]',
  })
  assert.match(body.signature.cause, /HMAC-SHA256/)
  const [row] = await sql(
    'select kind, after from payment_events where inbox_event_id = $1 order by id',
    [event.id],
  )
  assert.equal(body.changes[0].type, row.kind)
  assert.deepEqual(body.changes[0].after, row.after)
  await sql(
    `update inbox_payloads set signature = '{"secretIndex":-1}' where inbox_event_id = $1`,
    [event.id],
  )
  const embedded = await server.ask(`/provider-events/${event.id}`)
  assert.equal(embedded.body.signature.verdict, 'not_checked')
})
