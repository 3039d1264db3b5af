import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { openInbox } from '../support/inbox.ts'
import { type Body, openReadServer } from '../support/read-server.ts'
import { histories, intent, openReplayServer } from '../support/replay-server.ts'
import { drainReplays } from '../support/replayer.ts'
import { stateOf } from '../support/state-of.ts'

let server: Awaited<ReturnType<typeof openReplayServer>>
before(async () => {
  server = await openReplayServer()
})
beforeEach(() => server.reset())
after(() => server[Symbol.asyncDispose]())

const sql: typeof server.sql = (text, values) => server.sql(text, values)
const post: typeof server.post = (path, body, key) => server.post(path, body, key)
const storeUnapplied: typeof server.storeUnapplied = (events, as) =>
  server.storeUnapplied(events, as)
const readReplay: typeof server.readReplay = (id, query) => server.readReplay(id, query)

test('replaying what was applied changes nothing, and the job says so', async () => {
  await server.fill(31, 30)
  const before = await server.tables()
  const ordered = await post('/provider-events/replay', { filter: {}, reason: 'to be sure' })
  assert.equal(ordered.status, 202, ordered.text)
  assert.equal(ordered.headers.location, `/replays/${ordered.body.id}`)
  const [{ count }] = await sql('select count(*)::int as count from inbox_events')
  assert.equal(ordered.body.total_count, count)
  assert.equal(ordered.body.status, 'waiting')
  await drainReplays(server)
  assert.deepEqual(await server.tables(), before)
  const replay = await readReplay(ordered.body.id, '?limit=7')
  assert.equal(replay.status, 'finished')
  assert.deepEqual(replay.counts, {
    changed: 0,
    unchanged: count,
    ignored: 0,
    parked: 0,
    waiting: 0,
    failed: 0,
  })
  assert.equal(replay.posting_count, 0)
  assert.equal(replay.eta_seconds, null)
  assert.ok(replay.rate_per_second > 0)
  assert.equal(replay.results.items.length, 7)
  assert.ok(replay.results.items.every((item: Body) => item.result === 'unchanged'))
  const next = await readReplay(ordered.body.id, `?limit=7&cursor=${replay.results.next_cursor}`)
  assert.ok(next.results.items[0].id < replay.results.items[6].id)
  assert.deepEqual((await readReplay(ordered.body.id, '?result=failed')).results.items, [])
})

test('dead letters replayed twice at once are applied once, and are no dead letters any more', async () => {
  await using own = await openReadServer()
  const events = histories(33, 30)
  await own.store(events)
  await own.sql(
    `insert into dead_letters select id, merchant_id, livemode, 6, 'event', 'internal_error', 'no', payonce_clock()
      from inbox_events`,
  )
  await own.sql('delete from inbox_queue')
  const order = () => own.ask('/dead-letters/retry', { method: 'POST', body: { reason: 'mended' } })
  const orders = await Promise.all([order(), order()])
  assert.deepEqual(
    orders.map(({ status }) => status),
    [202, 202],
  )
  await Promise.all([drainReplays(own), drainReplays(own), own.drain()])
  await own.drain()
  await drainReplays(own)
  await own.drain()
  await using healthy = await openInbox()
  await healthy.store(events)
  await healthy.drain()
  assert.deepEqual(await stateOf(own.database), await stateOf(healthy.database))
})

test('an event that fails in a replay is told and stays a dead letter with its newest error; the others go on', async () => {
  const [bad] = await storeUnapplied([intent('worse', { amount: 1.5 }), intent('fine')], 'dead')
  const { body } = await post('/dead-letters/retry', { code: 'internal_error' })
  await drainReplays(server)
  const replay = await readReplay(body.id, '?result=failed')
  assert.deepEqual([replay.counts.failed, replay.counts.changed], [1, 1])
  assert.deepEqual(
    replay.results.items.map((item: Body) => [item.id, item.reason]),
    [[bad, 'event_field_invalid']],
  )
  const { items } = (await server.ask('/dead-letters')).body
  assert.deepEqual(
    items.map((item: Body) => [item.id, item.code, item.attempt_count]),
    [[bad, 'event_field_invalid', 7]],
  )
  const detail = (await server.ask(`/provider-events/${bad}`)).body
  assert.equal(detail.attempts[0].code, 'event_field_invalid')
})

test('a waiting event is not applied by the replay but made due at once', async () => {
  await server.store([intent('later')])
  await sql(`update inbox_queue set run_at = payonce_clock() + interval '1 hour'`)
  const [{ id }] = await sql('select inbox_event_id as id from inbox_queue')
  const { body } = await post('/provider-events/evt_later/replay')
  await drainReplays(server)
  assert.deepEqual((await readReplay(body.id)).results.items[0].result, 'waiting')
  const [{ due }] = await sql('select run_at <= payonce_clock() as due from inbox_queue')
  assert.equal(due, true)
  await server.drain()
  assert.equal((await server.ask(`/provider-events/${id}`)).body.status, 'applied')
})

test('an event whose payload is archived is told of as such', async () => {
  const [id] = await storeUnapplied([intent('archived')], 'dead')
  await sql('delete from inbox_payloads where inbox_event_id = $1', [id])
  const dry = await post(`/provider-events/${id}/replay`, { dry_run: true })
  assert.equal(dry.body.not_applied[0].reason, 'payload_archived')
  const { body } = await post(`/provider-events/${id}/replay`)
  await drainReplays(server)
  assert.equal((await readReplay(body.id)).results.items[0].reason, 'payload_archived')
})

test('an order that lacks what it needs is refused by name', async () => {
  const refusals = [
    [{ filter: {} }, '/reason'],
    [{ reason: 'x' }, '/filter'],
    [{ filter: { color: 'red' }, reason: 'x' }, '/filter/color'],
    [{ filter: { status: 'lost' }, reason: 'x' }, '/filter/status'],
    [{ filter: { type: 'a.*.b' }, reason: 'x' }, '/filter/type'],
    [{ filter: { reason: 'unhandled_type' }, reason: 'x' }, '/filter/reason'],
    [{ filter: { received_from: 'yesterday' }, reason: 'x' }, '/filter/received_from'],
    [{ filter: {}, reason: ' ' }, '/reason'],
  ] as const
  for (const [body, pointer] of refusals) {
    const answer = await post('/provider-events/replay', body)
    assert.equal(answer.status, 400, answer.text)
    assert.equal(answer.body.errors[0].pointer, pointer, answer.text)
  }
})

test("another merchant's or mode's events and replays answer like missing ones", async () => {
  const [id] = await storeUnapplied([intent('hidden')], 'dead')
  const { body } = await post('/dead-letters/retry')
  const missing = 'pev_00000000000000000000000000'
  for (const key of ['otherMode', 'otherMerchant'] as const) {
    const same = async (path: string, other: string, sent?: object) => {
      const hidden = await post(path, sent, key)
      const absent = await post(other, sent, key)
      assert.equal(hidden.status, 404, path)
      assert.deepEqual({ ...hidden.body, request_id: '' }, { ...absent.body, request_id: '' })
    }
    for (const deed of ['replay', 'retry', 'set-aside'] as const) {
      const of = deed === 'replay' ? '/provider-events' : '/dead-letters'
      const sent = deed === 'set-aside' ? { reason: 'x' } : undefined
      await same(`${of}/${id}/${deed}`, `${of}/${missing}/${deed}`, sent)
      await same(`${of}/evt_hidden/${deed}`, `${of}/evt_missing/${deed}`, sent)
    }
    await same(`/replays/${body.id}/stop`, '/replays/rpl_00000000000000000000000000/stop')
    await same('/provider-events/replay', '/provider-events/replay', {
      filter: { ids: [id] },
      reason: 'x',
    })
    assert.equal((await server.ask(`/replays/${body.id}`, { key })).status, 404)
    for (const list of ['/replays', '/audit-log', '/provider-events/failures', '/dead-letters']) {
      assert.deepEqual((await server.ask(list, { key })).body.items, [], list)
    }
    const dry = await post('/provider-events/replay', { filter: {}, dry_run: true }, key)
    assert.equal(dry.body.event_count, 0)
  }
})
