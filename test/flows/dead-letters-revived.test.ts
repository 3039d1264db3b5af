import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { intent, openReplayServer } from '../support/replay-server.ts'

let server: Awaited<ReturnType<typeof openReplayServer>>
before(async () => {
  server = await openReplayServer()
})
after(() => server[Symbol.asyncDispose]())

test('a dead letter whose event waits already is tried again all the same', async () => {
  const [id] = await server.storeUnapplied([intent('dead_and_queued')], 'dead')
  await server.sql(
    `insert into inbox_queue (inbox_event_id, received_at, lane, run_at)
      select id, received_at, lane, payonce_clock() from inbox_events where id = $1`,
    [id],
  )
  assert.equal((await server.post(`/dead-letters/${id}/retry`)).status, 202)
  // It is no dead letter any more.
  assert.equal((await server.post(`/dead-letters/${id}/retry`)).status, 409)
})

test('a child that was given up while it waited is no dead letter any more once its root has come', async () => {
  const object = { id: 're_given_up', object: 'refund', amount: 200, currency: 'usd' }
  const refund = {
    id: 'evt_refund_given_up',
    type: 'refund.created',
    created: 1_750_000_009,
    data: { object: { ...object, status: 'succeeded', charge: 'ch_given_up' } },
  }
  await server.store([refund])
  await server.drain()
  await server.sql(
    `insert into dead_letters select id, merchant_id, livemode, 6, 'event', 'worker_died', 'no', payonce_clock()
      from inbox_events where event_id = 'evt_refund_given_up'`,
  )
  await server.store([intent('given_up', { latest_charge: 'ch_given_up' })])
  await server.drain()
  const left = await server.sql(
    `select o.status, (select count(*)::int from dead_letters d where d.inbox_event_id = e.id) as dead
      from inbox_events e join inbox_outcomes o on o.inbox_event_id = e.id where e.event_id = 'evt_refund_given_up'`,
  )
  assert.deepEqual(left, [{ status: 'applied', dead: 0 }])
})
