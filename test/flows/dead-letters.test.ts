import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { readQueueDepths } from '../../src/store/queue-depths.ts'
import { eventually } from '../support/eventually.ts'
import { type Body, openReadServer } from '../support/read-server.ts'

let server: Awaited<ReturnType<typeof openReadServer>>
before(async () => {
  server = await openReadServer()
  for (const name of ['one', 'two', 'three', 'four']) {
    await server.store([
      {
        id: `evt_${name}`,
        type: name === 'four' ? 'charge.refunded' : 'payment_intent.succeeded',
        created: 1_750_000_000,
        data: { object: { id: `pi_${name}`, object: 'payment_intent' } },
      },
    ])
    await nextMillisecond()
  }
})

/** Lists are in the order of our ids, which is that of their milliseconds and, within one, of chance. */
const nextMillisecond = async () => {
  const storedBy = Date.now()
  await eventually(
    async () => Date.now(),
    (now) => now > storedBy,
    1_000,
  )
}

beforeEach(async () => {
  await sql('delete from inbox_queue')
  await sql('delete from dead_letters')
  await sql(
    `insert into dead_letters select id, merchant_id, livemode, 6, 'event',
      case event_id when 'evt_three' then 'value_not_storable' else 'event_field_invalid' end, 'the detail',
      payonce_clock() from inbox_events`,
  )
})
after(() => server[Symbol.asyncDispose]())

const sql: typeof server.sql = (text, values) => server.sql(text, values)
const post = (path: string, body?: object) =>
  server.ask(path, { method: 'POST', ...(body && { body }) })
const namesIn = async (query: string) =>
  (await server.ask(`/dead-letters${query}`)).body.items.map((item: Body) => item.provider_event_id)
const idOf = async (name: string) =>
  (await sql('select id from inbox_events where event_id = $1', [name]))[0].id

test('a dead letter set aside leaves the list and the metric, and stays readable with its reason', async () => {
  const id = await idOf('evt_two')
  const set = await post('/dead-letters/evt_two/set-aside', { reason: 'a test of the provider' })
  assert.deepEqual([set.status, set.body], [200, { id, state: 'set_aside' }])
  assert.deepEqual(await namesIn(''), ['evt_four', 'evt_three', 'evt_one'])
  assert.deepEqual(await namesIn('?state=set_aside'), ['evt_two'])
  assert.equal((await namesIn('?state=all')).length, 4)
  assert.deepEqual(await namesIn('?code=value_not_storable'), ['evt_three'])
  assert.equal((await readQueueDepths(server.database)).deadLetterCount, 3)
  const { body } = await server.ask(`/provider-events/${id}`)
  assert.deepEqual([body.status, body.set_aside.reason], ['dead', 'a test of the provider'])
  const audit = (await server.ask(`/audit-log?subject_id=${id}`)).body.items
  assert.deepEqual(
    audit.map((entry: Body) => [entry.action, entry.reason, entry.details.code]),
    [['dead_letter.set_aside', 'a test of the provider', 'event_field_invalid']],
  )
  assert.match(audit[0].actor.id, /^key_/)
  assert.match(audit[0].request_id, /^req_/)
})

test('setting aside needs a reason', async () => {
  for (const body of [{}, { reason: '' }, { reason: '  ' }]) {
    const { status, body: problem } = await post('/dead-letters/evt_two/set-aside', body)
    assert.equal(status, 400)
    assert.equal(problem.errors[0].pointer, '/reason')
  }
  const { body: problem } = await post('/dead-letters/evt_two/set-aside')
  assert.doesNotMatch(problem.detail, / {2}/)
})

test("one dead letter is retried by the provider's own id, also one set aside, and it is written down who did it", async () => {
  await post('/dead-letters/evt_one/set-aside', { reason: 'no' })
  const id = await idOf('evt_one')
  const retried = await post('/dead-letters/evt_one/retry', { reason: 'yes after all' })
  assert.deepEqual([retried.status, retried.body], [202, { id, status: 'waiting' }])
  assert.deepEqual(await sql('select inbox_event_id as id from inbox_queue'), [{ id }])
  const [entry] = (await server.ask(`/audit-log?subject_id=${id}`)).body.items
  assert.deepEqual([entry.action, entry.reason], ['dead_letter.retried', 'yes after all'])
  const log = await sql('select count(*)::int as count from audit_log')
  const again = await post('/dead-letters/evt_one/retry')
  assert.deepEqual([again.status, again.body.code], [409, 'event_not_dead'])
  assert.match(again.body.detail, /is waiting: only an event that was given up/)
  const aside = await post('/dead-letters/evt_one/set-aside', { reason: 'no' })
  assert.deepEqual([aside.status, aside.body.code], [409, 'event_not_dead'])
  assert.equal((await post('/dead-letters/evt_nobody/retry')).status, 404)
  assert.deepEqual(await sql('select count(*)::int as count from audit_log'), log)
})

test('retrying all takes those of the filter and leaves alone what was set aside', async () => {
  await post('/dead-letters/evt_two/set-aside', { reason: 'no' })
  const counts = await Promise.all(
    [{}, { type: 'payment_intent.*' }, { code: 'value_not_storable' }, { type: 'x' }].map(
      async (filter) => (await post('/dead-letters/retry', filter)).body.total_count,
    ),
  )
  assert.deepEqual(counts, [3, 2, 1, 0])
})

test('failures are grouped by what they failed of, explained, and told how to mend', async () => {
  await post('/dead-letters/evt_two/set-aside', { reason: 'no' })
  const retrying = await idOf('evt_four')
  await sql('delete from dead_letters where inbox_event_id = $1', [retrying])
  await sql(
    `insert into inbox_queue (inbox_event_id, received_at, lane, run_at, attempt_count, suspect)
      select id, received_at, lane, payonce_clock() + interval '1 minute', 1, true from inbox_events where id = $1`,
    [retrying],
  )
  await sql(
    `insert into inbox_failures (inbox_event_id, attempt, error_type, code, detail, failed_at)
      values ($1, 1, 'inconsistency', 'refunds_of_payment', 'rule broken', payonce_clock())`,
    [retrying],
  )
  const { items } = (await server.ask('/provider-events/failures')).body
  assert.deepEqual(
    items.map((group: Body) => [group.code, group.type, group.count, group.dead_count]),
    [
      ['event_field_invalid', 'payment_intent.succeeded', 2, 1],
      ['refunds_of_payment', 'charge.refunded', 1, 0],
      ['value_not_storable', 'payment_intent.succeeded', 1, 1],
    ],
  )
  const [first, second] = items
  assert.deepEqual(first.sample_ids, [await idOf('evt_two'), await idOf('evt_one')])
  assert.equal(first.set_aside_count, 1)
  assert.match(first.explanation, /field of the event is not what the provider documents/)
  assert.ok(first.fix.length > 0)
  assert.equal(second.retrying_count, 1)
  assert.match(second.explanation, /contradicts what is stored/)
})

test('the audit log refuses every change', async () => {
  for (const statement of [
    `update audit_log set reason = 'other'`,
    'delete from audit_log',
    'truncate audit_log',
  ]) {
    await assert.rejects(sql(statement), /never change|permission denied/, statement)
  }
})
