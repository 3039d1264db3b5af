import assert from 'node:assert/strict'
import { test } from 'node:test'
import { registerHandlers } from '../../src/store/event-handlers.ts'
import { type Body, openReadServer } from '../support/read-server.ts'

test('runs are listed page by page, by handler and status, to their merchant and mode only, and retried by their id', async () => {
  await using server = await openReadServer()
  await registerHandlers(server.database, ['sendReceipt', 'tell$Shop'])
  await server.fill(21, 4)
  await server.sql(
    `update handler_runs set dead_at = payonce_clock(), failed_at = payonce_clock(), attempt_count = 7,
      code = 'handler_failed', detail = 'Error: no' where handler = 'sendReceipt'`,
  )
  const [counted] = await server.sql('select count(*)::int as n from inbox_outcomes')
  const all = await server.readAll('/handler-runs', 3)
  assert.equal(all.length, counted.n * 2)
  assert.deepEqual(
    all.map((run) => run.id),
    all
      .map((run) => run.id)
      .toSorted()
      .toReversed(),
  )
  const dead = await server.readAll('/handler-runs?status=dead', 50)
  assert.equal(dead.length, counted.n)
  assert.ok(dead.every((run) => run.handler === 'sendReceipt' && run.next_attempt_at === null))
  const waiting = await server.readAll('/handler-runs?status=waiting&handler=tell$Shop', 50)
  assert.equal(waiting.length, counted.n)
  assert.ok(waiting.every((run) => run.code === null && run.next_attempt_at !== null))

  const [run] = dead
  assert.equal(run.id, `${run.event_id}.sendReceipt`)
  assert.deepEqual([run.attempt_count, run.code, run.detail], [7, 'handler_failed', 'Error: no'])
  for (const key of ['otherMode', 'otherMerchant'] as const) {
    assert.deepEqual((await server.ask('/handler-runs', { key })).body.items, [])
    const refused = await server.ask(`/handler-runs/${run.id}/retry`, { key, method: 'POST' })
    assert.equal(refused.status, 404)
  }
  const body = { reason: 'the mail service is back' }
  const retried = await server.ask(`/handler-runs/${run.id}/retry`, { method: 'POST', body })
  assert.deepEqual([retried.status, retried.body], [202, { id: run.id, status: 'waiting' }])
  const again = await server.ask(`/handler-runs/${run.id}/retry`, { method: 'POST' })
  assert.equal(again.status, 404, 'it waits by now')
  const deeds = (await server.ask(`/audit-log?subject_id=${run.id}`)).body.items
  assert.deepEqual(
    deeds.map((deed: Body) => [deed.action, deed.reason, deed.actor.type, deed.details]),
    [['handler_run.retried', body.reason, 'api_key', { code: 'handler_failed' }]],
    'the retry that was done is in the audit log, those that were refused are not',
  )
  assert.equal((await server.ask('/handler-runs/%00/retry', { method: 'POST' })).status, 404)
  const cursor = Buffer.from('pev_1.x').toString('base64url')
  assert.equal((await server.ask(`/handler-runs?cursor=${cursor}`)).status, 400)
})
