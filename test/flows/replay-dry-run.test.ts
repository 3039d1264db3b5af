import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { bulkStore } from '../support/bulk-store.ts'
import type { Body } from '../support/read-server.ts'
import { histories, intent, openReplayServer } from '../support/replay-server.ts'
import { drainReplays } from '../support/replayer.ts'

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

test('a dry run tells what the replay then does, and writes nothing', async () => {
  const events = histories(32, 6)
  const ids = await storeUnapplied(events, 'ignored')
  const before = await server.tables()
  const filter = { status: 'ignored', reason: 'unhandled_type', ids }
  const dry = await post('/provider-events/replay', { filter, dry_run: true })
  assert.equal(dry.status, 200, dry.text)
  assert.deepEqual(await server.tables(), before)
  assert.deepEqual((await server.ask('/replays?limit=1')).body.items.length <= 1, true)
  assert.equal(dry.body.event_count, events.length)
  assert.equal(dry.body.payments.length, 6)
  assert.ok(dry.body.payments.every((one: Body) => one.id === null && one.status_before === null))

  const { body } = await post('/provider-events/replay', {
    filter,
    reason: 'the type is known now',
  })
  await drainReplays(server)
  const replay = await readReplay(body.id)
  assert.equal(replay.counts.failed + replay.counts.ignored + replay.counts.parked, 0)
  assert.equal(replay.counts.changed, dry.body.counts.changed)
  assert.equal(replay.posting_count, dry.body.posting_count)
  for (const told of dry.body.payments) {
    const [row] = await sql('select id, status from payments where provider_reference = $1', [
      told.provider_reference,
    ])
    assert.equal(row.status, told.status_after)
    const [sum] = await sql(
      `select coalesce(sum(p.amount_minor), 0)::float8 as sum from postings p
        join journal_entries e on e.id = p.journal_entry_id where e.subject_id = $1`,
      [row.id],
    )
    const amounts = told.postings.map((posting: Body) => posting.amount_cents)
    assert.equal(
      amounts.reduce((total: number, amount: number) => total + amount, 0),
      sum.sum,
    )
  }
  const again = await post('/provider-events/replay', { filter: { ids }, dry_run: true })
  assert.equal(again.body.change_count, 0)
  assert.equal(again.body.posting_count, 0)
  assert.equal(again.body.counts.unchanged, events.length)
  assert.ok(again.body.payments.every((one: Body) => one.status_before === one.status_after))
})

test('a dry run tells which events would fail, and the others are applied beside them', async () => {
  // A currency without accounts: those a failed try has opened are gone with it.
  const good = intent('good', { currency: 'chf' })
  await storeUnapplied([good, intent('bad', { amount: 1.5, currency: 'chf' })], 'dead')
  const { body } = await post('/provider-events/replay', {
    filter: { status: 'dead' },
    dry_run: true,
  })
  assert.deepEqual(
    body.not_applied.map((one: Body) => [one.result, one.reason]),
    [['failed', 'event_field_invalid']],
  )
  assert.equal(body.payments[0].status_after, 'succeeded')
  assert.deepEqual(
    body.payments[0].postings.map((one: Body) => [one.amount_cents, one.currency]),
    [[500, 'CHF']],
  )
  assert.equal(body.counts.changed, 1)
})

test('a dry run of more than 1,000 events is refused, and the limit is named', async () => {
  const object = { id: 'cus_1', object: 'customer' }
  const events = Array.from({ length: 1_001 }, (_, index) => ({
    id: `evt_many_${index}`,
    type: 'customer.many',
    created: 1_750_000_000,
    data: { object },
  }))
  await bulkStore(server.database, events)
  await sql('delete from inbox_queue')
  const filter = { type: 'customer.many' }
  const refused = await post('/provider-events/replay', { filter, dry_run: true })
  assert.equal(refused.status, 400)
  assert.equal(refused.body.code, 'dry_run_too_large')
  assert.match(refused.body.detail, /1000 events/)
})

test('a dry run gives way to live work and to another dry run, and says to try again', async () => {
  const [id] = await storeUnapplied([intent('held')], 'dead')
  await drainReplays(server)
  await post(`/provider-events/${id}/replay`)
  await drainReplays(server)
  const dryRun = () => post(`/provider-events/${id}/replay`, { dry_run: true })
  await server.database.transaction(async (tx) => {
    await tx.query({
      name: 'test_hold_payment',
      text: `select id from payments where provider_reference = 'pi_held' for update`,
    })
    const given = await dryRun()
    assert.equal(given.status, 503, given.text)
    assert.equal(given.body.code, 'dry_run_busy')
    assert.equal(given.headers['retry-after'], '2')
  })
  await server.database.transaction(async (tx) => {
    await tx.query({
      name: 'test_hold_turn',
      text: `select pg_advisory_xact_lock(hashtextextended('payonce dry run', 0))`,
    })
    assert.equal((await dryRun()).body.code, 'dry_run_busy')
  })
  assert.equal((await dryRun()).status, 200)
})
