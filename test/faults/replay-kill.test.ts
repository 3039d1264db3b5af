import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { openInbox } from '../support/inbox.ts'
import { startPayonce } from '../support/process.ts'
import { seededRandom } from '../support/random.ts'
import { type Body, openReadServer } from '../support/read-server.ts'
import { stateOf } from '../support/state-of.ts'
import { makeHistory } from '../support/stripe-history.ts'

const SEED = 20_261_122
const HISTORY_COUNT = 400
const KILL_COUNT = 2
const PICKED_UP_WITHIN_MS = 30_000

test('a replay whose workers are killed goes on with another within 30 s, and every event counts once', {
  timeout: 180_000,
}, async () => {
  await using server = await openReadServer()
  const random = seededRandom(SEED)
  const events = Array.from({ length: HISTORY_COUNT }, (_, index) =>
    makeHistory(random, index),
  ).flatMap((history) => history.events)
  await server.store(events)
  await server.sql(
    `insert into dead_letters select id, merchant_id, livemode, 6, 'event', 'internal_error', 'no', payonce_clock()
      from inbox_events`,
  )
  await server.sql('delete from inbox_queue')
  const environment = {
    DATABASE_URL: server.url,
    PAYONCE_DATA_DIR: '/nonexistent/never-written',
    APP_ENV: 'production',
    INSTALLATION_ID: 'replay-kill-test',
    STRIPE_WEBHOOK_SECRET: 'whsec_replay_kill_0123456789abcdef',
    BOOTSTRAP_API_KEY: 'payonce_test_replaykill0123456789abcdefghijk',
    LOG_LEVEL: 'error',
  }
  const order = { method: 'POST', body: { reason: 'mended' } } as const
  const { body } = await server.ask('/dead-letters/retry', order)
  const read = async () => (await server.ask(`/replays/${body.id}?limit=1`)).body
  let worker = startPayonce({ args: ['--role', 'worker'], environment })
  try {
    let seen = 0
    for (let kill = 0; kill < KILL_COUNT; kill++) {
      const further = (replay: Body) => replay.processed_count > seen
      seen = (await eventually(read, further, PICKED_UP_WITHIN_MS)).processed_count
      worker.kill('SIGKILL')
      assert.equal(await worker.exited, 'SIGKILL')
      worker = startPayonce({ args: ['--role', 'worker'], environment })
      await worker.ready
    }
    const done = await eventually(read, ({ status }) => status === 'finished', PICKED_UP_WITHIN_MS)
    assert.equal(done.processed_count, events.length)
    assert.equal(done.counts.failed, 0)
    const [{ count }] = await server.sql('select count(*)::int as count from replay_results')
    assert.equal(count, events.length)
  } finally {
    worker.kill('SIGKILL')
    await worker.exited
  }
  await server.drain()
  await using healthy = await openInbox()
  await healthy.store(events)
  await healthy.drain()
  assert.deepEqual(await stateOf(server.database), await stateOf(healthy.database))
})
