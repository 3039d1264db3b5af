import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { boundWaits } from '../../src/store/replay-bounds.ts'
import { claimReplay, recordReplayBatch } from '../../src/store/replay-claims.ts'
import type { Body } from '../support/read-server.ts'
import { intent, openReplayServer } from '../support/replay-server.ts'
import { drainReplays, replayerOf } from '../support/replayer.ts'

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

test('a stopped replay ends after its batch, what is done stays done, and it cannot be stopped again', async () => {
  await server.fill(34, 40)
  const { body } = await post('/provider-events/replay', { filter: {}, reason: 'all' })
  const takeTurn = replayerOf(server)
  assert.equal(await takeTurn(), 'worked')
  const running = await readReplay(body.id)
  assert.equal(running.status, 'running')
  assert.equal(running.processed_count, 100)
  assert.ok(running.eta_seconds >= 0)
  const stopped = await post(`/replays/${body.id}/stop`, { reason: 'enough' })
  assert.equal(stopped.body.status, 'stopped')
  assert.equal(await takeTurn(), 'idle')
  assert.equal((await readReplay(body.id)).processed_count, 100)
  const again = await post(`/replays/${body.id}/stop`)
  assert.deepEqual([again.status, again.body.code], [409, 'replay_over'])
  const { items } = (await server.ask(`/audit-log?subject_id=${body.id}`)).body
  assert.deepEqual(
    items.map((item: Body) => [item.action, item.reason, item.actor.type]),
    [
      ['replay.stopped', 'enough', 'api_key'],
      ['replay.created', 'all', 'api_key'],
    ],
  )
})

test('a worker that wakes up after its lease writes nothing', async () => {
  await storeUnapplied([intent('fenced')], 'dead')
  await post('/dead-letters/retry')
  const late = await claimReplay(server.database, 20)
  assert.ok(late)
  assert.equal(await claimReplay(server.database, 20), undefined)
  await sql('update clock_offset set seconds = seconds + 21')
  const next = await claimReplay(server.database, 20)
  assert.equal(next?.id, late.id)
  assert.equal(next?.claimCount, 2)
  const counts = { changed: 0, unchanged: 0, ignored: 0, parked: 0, waiting: 0, failed: 0 }
  const batch = { results: [], children: [], counts, postingCount: 0, position: 'pev_x' }
  const written = (claim: typeof late) =>
    server.database.transaction(async (tx) => {
      await boundWaits(tx, { lockMs: 1000, statementMs: 1000 })
      return recordReplayBatch(tx, claim, batch)
    })
  assert.equal(await written(late), false)
  assert.equal(await written(next ?? late), true)
})

test('when workers keep ending at one event, the replay tells of it and goes on with the next', async () => {
  const ids = await storeUnapplied([intent('deadly'), intent('harmless')], 'dead')
  const [deadly, harmless] = ids.toSorted()
  const { body } = await post('/dead-letters/retry')
  for (let death = 0; death < 4; death++) {
    assert.ok(await claimReplay(server.database, 20))
    await sql('update clock_offset set seconds = seconds + 21')
  }
  await drainReplays(server)
  const { results, status } = await readReplay(body.id)
  assert.equal(status, 'finished')
  assert.deepEqual(
    results.items.map((item: Body) => [item.id, item.result, item.reason]),
    [
      [harmless, 'changed', null],
      [deadly, 'failed', 'worker_died'],
    ],
  )
})

test('a child replayed before its root is told as parked, and as applied once the root is', async () => {
  const object = {
    id: 're_early',
    object: 'refund',
    amount: 200,
    currency: 'usd',
    status: 'succeeded',
  }
  const refund = {
    id: 'evt_early_refund',
    type: 'refund.created',
    created: 1_750_000_009,
    data: { object: { ...object, charge: 'ch_early', payment_intent: 'pi_early' } },
  }
  const [child] = await storeUnapplied([refund], 'dead')
  const [root] = await storeUnapplied([intent('early', { latest_charge: 'ch_early' })], 'dead')
  const { body: dry } = await post('/provider-events/replay', {
    filter: { status: 'dead' },
    dry_run: true,
  })
  assert.deepEqual([dry.counts.changed, dry.counts.parked], [2, 0])
  const { body } = await post('/dead-letters/retry')
  // A claim in vain: the events of that batch are taken one at a time.
  await claimReplay(server.database, 20)
  await sql('update clock_offset set seconds = seconds + 21')
  const takeTurn = replayerOf(server)
  await takeTurn()
  assert.deepEqual((await readReplay(body.id)).counts.parked, 1)
  await drainReplays(server)
  const { counts, results } = await readReplay(body.id)
  assert.deepEqual([counts.changed, counts.parked], [2, 0])
  assert.deepEqual(
    results.items.map((item: Body) => [item.id, item.result]),
    [
      [root, 'changed'],
      [child, 'changed'],
    ],
  )
  assert.deepEqual(await sql('select inbox_event_id from dead_letters'), [])
  assert.deepEqual(await sql('select inbox_event_id from inbox_parked'), [])
})

test('a replay that meets a lock gives its lease back and goes on later, and nothing counts as a death', async () => {
  const [id] = await storeUnapplied([intent('locked')], 'dead')
  await post(`/provider-events/${id}/replay`)
  await drainReplays(server)
  const { body } = await post(`/provider-events/${id}/replay`)
  const takeTurn = replayerOf(server)
  await server.database.transaction(async (tx) => {
    await tx.query({
      name: 'test_hold_locked',
      text: `select id from payments where provider_reference = 'pi_locked' for update`,
    })
    assert.equal(await takeTurn(), 'idle')
  })
  const [row] = await sql('select claim_count, lease_until from replays where id = $1', [body.id])
  assert.deepEqual(row, { claim_count: 0, lease_until: null })
  await drainReplays(server)
  assert.equal((await readReplay(body.id)).status, 'finished')
})

test('a batch that takes too long is taken apart, and an event that takes too long alone is told of', async () => {
  const ids = await storeUnapplied([intent('slow'), intent('quick')], 'dead')
  const [slow, quick] = ids.toSorted()
  const { body } = await post('/dead-letters/retry')
  /** Every statement about the slow event runs into the time a statement may take. */
  const transaction: typeof server.database.transaction = (work) =>
    server.database.transaction((tx) =>
      work({
        inTransaction: true,
        query: (statement) =>
          tx.query(
            statement.name === 'inbox_list_events_to_replay' &&
              String(statement.values?.[0]).includes(slow ?? 'none')
              ? { name: 'test_too_long', text: 'select pg_cancel_backend(pg_backend_pid())' }
              : statement,
          ),
      }),
    )
  const takeTurn = replayerOf({
    deps: { ...server.deps, database: { ...server.database, transaction } },
  })
  for (let turn = 0; turn < 8; turn++) await takeTurn()
  assert.equal((await readReplay(body.id)).status, 'finished')
  const { results } = await readReplay(body.id)
  assert.deepEqual(
    results.items.map((item: Body) => [item.id, item.result, item.reason]).toSorted(),
    [
      [slow, 'failed', 'worker_died'],
      [quick, 'changed', null],
    ].toSorted(),
  )
})
