import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { type EventBody, openInbox } from '../support/inbox.ts'
import { seededRandom, shuffled } from '../support/random.ts'
import { stateOf } from '../support/state-of.ts'
import { makeHistory } from '../support/stripe-history.ts'

type Inbox = Awaited<ReturnType<typeof openInbox>>

const histories = (seed: number, count: number) => {
  const random = seededRandom(seed)
  return Array.from({ length: count }, (_, index) =>
    makeHistory(random, index, index % 2 === 1),
  ).flatMap((one) => one.events)
}

/** Signed by the provider, storable, and yet nothing that could be booked. */
const poison: EventBody = {
  id: 'evt_poison',
  type: 'payment_intent.succeeded',
  created: 1_750_000_000,
  data: {
    object: {
      id: 'pi_poison',
      object: 'payment_intent',
      status: 'succeeded',
      amount: 1.5,
      currency: 'usd',
    },
  },
}

const one = async <Row extends object>(inbox: Inbox, text: string) =>
  (
    await inbox.database.query<Row>({
      name: `test_${createHash('md5').update(text).digest('hex')}`,
      text,
    })
  ).rows

const moveTime = (inbox: Inbox, seconds: number) =>
  one(inbox, `update clock_offset set seconds = seconds + ${seconds}`)

test('a poison event never stops the others, is retried five times and ends as a dead letter', async () => {
  await using inbox = await openInbox()
  const events = histories(11, 20)
  await inbox.store([poison, ...events])
  await inbox.drain()
  assert.deepEqual(await one(inbox, 'select count(*)::int as n from inbox_queue'), [{ n: 1 }])
  for (let retry = 0; retry < 5; retry++) {
    await moveTime(inbox, 4000)
    await inbox.drain()
  }
  assert.deepEqual(await one(inbox, 'select code, attempt_count from dead_letters'), [
    { code: 'event_field_invalid', attempt_count: 6 },
  ])
  assert.deepEqual(await one(inbox, 'select count(*)::int as n from inbox_failures'), [{ n: 6 }])
  assert.deepEqual(await one(inbox, 'select count(*)::int as n from inbox_queue'), [{ n: 0 }])

  await using healthy = await openInbox()
  await healthy.store(events)
  await healthy.drain()
  const { waiting: _ours, ...ours } = await stateOf(inbox.database)
  const { waiting: _theirs, ...theirs } = await stateOf(healthy.database)
  assert.deepEqual(ours, theirs)
})

test('two workers on one inbox give the same rows and balances as one', async () => {
  const events = histories(12, 60)
  await using single = await openInbox()
  await single.store(events)
  await single.drain()
  await using shared = await openInbox()
  await shared.store(shuffled([...events, ...events], seededRandom(5)))
  await Promise.all([
    shared.drain({ workerId: 'a', batchCountMax: 7 }),
    shared.drain({ workerId: 'b', batchCountMax: 5 }),
  ])
  await shared.drain()
  assert.deepEqual(await stateOf(shared.database), await stateOf(single.database))
})

test('events of a dead worker are applied one at a time, and its first death spends no attempt', async () => {
  await using inbox = await openInbox()
  await inbox.store(histories(13, 3))
  await one(
    inbox,
    `insert into worker_batches select 'bat_dead', 'gone', array_agg(distinct lane), array_agg(inbox_event_id),
      payonce_clock() - interval '1 minute'
      from inbox_queue`,
  )
  const batches: number[] = []
  await inbox.drain({ onApplied: (events) => batches.push(events.length) })
  assert.ok(batches.length > 0)
  assert.ok(
    Math.max(...batches) <= 20,
    'a batch holds one claimed event and the children it unparks',
  )
  assert.deepEqual(await one(inbox, 'select count(*)::int as n from inbox_failures'), [{ n: 0 }])
  assert.deepEqual(await one(inbox, 'select count(*)::int as n from inbox_queue'), [{ n: 0 }])
  assert.deepEqual(await one(inbox, 'select count(*)::int as n from worker_batches'), [{ n: 0 }])
})

test('an event during which workers die while it is alone spends an attempt each time', async () => {
  await using inbox = await openInbox()
  await inbox.store(histories(14, 1).slice(0, 1))
  const die = () =>
    one(
      inbox,
      `insert into worker_batches select 'bat_' || inbox_event_id || payonce_clock()::text, 'gone', array[lane],
        array[inbox_event_id], payonce_clock() - interval '1 minute' from inbox_queue`,
    )
  await one(inbox, 'update inbox_queue set suspect = true')
  for (let death = 0; death < 6; death++) {
    await die()
    await inbox.drain({ database: inbox.database })
    await moveTime(inbox, 4000)
    if (death < 5) {
      assert.deepEqual(await one(inbox, 'select attempt_count as n from inbox_queue'), [
        { n: death + 1 },
      ])
    }
  }
  assert.deepEqual(await one(inbox, 'select code from dead_letters'), [{ code: 'worker_died' }])
})

test('a child whose root is unknown is parked, and applied in the transaction that makes the root known', async () => {
  await using inbox = await openInbox()
  const random = seededRandom(1)
  let history = makeHistory(random, 0)
  while (!history.events.some((event) => event.type === 'charge.dispute.created'))
    history = makeHistory(random, 0)
  const children = history.events.filter((event) => !event.type.startsWith('payment_intent.'))
  const roots = history.events.filter((event) => event.type.startsWith('payment_intent.'))
  await inbox.store(children)
  await inbox.drain()
  assert.deepEqual(await one(inbox, 'select count(*)::int as n from payments'), [{ n: 0 }])
  assert.deepEqual(
    await one(inbox, 'select count(distinct inbox_event_id)::int as n from inbox_parked'),
    [{ n: children.length }],
  )
  await inbox.store(roots)
  await inbox.drain()
  assert.deepEqual(await one(inbox, 'select count(*)::int as n from inbox_parked'), [{ n: 0 }])
  assert.deepEqual(await one(inbox, 'select received_minor as n from payments'), [
    { n: String(history.truth.captured) },
  ])
})

test('an event type nobody handles is kept and ignored with its reason', async () => {
  await using inbox = await openInbox()
  const object = { id: 'cus_1', object: 'customer' }
  await inbox.store([
    { id: 'evt_1', type: 'customer.created', created: 1_750_000_000, data: { object } },
  ])
  await inbox.drain()
  assert.deepEqual(await one(inbox, 'select status, reason from inbox_outcomes'), [
    { status: 'ignored', reason: 'unhandled_type' },
  ])
})

test('history, journal and events refuse every change', async () => {
  await using inbox = await openInbox()
  await inbox.store(histories(15, 5))
  await inbox.drain()
  for (const statement of [
    `update payment_events set kind = 'x'`,
    'delete from payment_events',
    'delete from postings',
    'update postings set amount_minor = 1',
    `update journal_entries set kind = 'x'`,
    `update outbox_events set type = 'x'`,
  ]) {
    await assert.rejects(one(inbox, statement), /never change|permission denied/, statement)
  }
})

test('while the database is away nothing is spent', async () => {
  await using inbox = await openInbox()
  await inbox.store(histories(16, 4))
  const away = Object.assign(new Error('terminating connection'), { code: '57P01' })
  const database = { ...inbox.database, transaction: () => Promise.reject(away) }
  await assert.rejects(inbox.drain({ database }), away)
  await inbox.drain()
  assert.deepEqual(await one(inbox, 'select count(*)::int as n from inbox_failures'), [{ n: 0 }])
  assert.deepEqual(await one(inbox, 'select count(*)::int as n from inbox_queue'), [{ n: 0 }])
})

test('a batch named moments ago is left to its owner: losing the database is no death', async () => {
  await using inbox = await openInbox()
  await inbox.store(histories(17, 1).slice(0, 1))
  await one(inbox, 'update inbox_queue set suspect = true')
  await one(
    inbox,
    `insert into worker_batches select 'bat_young', 'paused', array[lane], array[inbox_event_id], payonce_clock()
      from inbox_queue`,
  )
  await inbox.drain()
  assert.deepEqual(await one(inbox, 'select count(*)::int as n from inbox_failures'), [{ n: 0 }])
  assert.deepEqual(await one(inbox, 'select count(*)::int as n from payments'), [{ n: 1 }])
})

test('a poison child that was parked takes the blame itself, and its root is applied', async () => {
  await using inbox = await openInbox()
  const child = {
    id: 're_1',
    object: 'refund',
    amount: -1,
    currency: 'usd',
    charge: 'ch_1',
    payment_intent: 'pi_1',
  }
  await inbox.store([
    { id: 'evt_child', type: 'refund.created', created: 1_750_000_001, data: { object: child } },
  ])
  await inbox.drain()
  const root = {
    id: 'pi_1',
    object: 'payment_intent',
    status: 'succeeded',
    amount: 500,
    currency: 'usd',
  }
  await inbox.store([
    {
      id: 'evt_root',
      type: 'payment_intent.succeeded',
      created: 1_750_000_000,
      data: { object: root },
    },
  ])
  for (let attempt = 0; attempt < 8; attempt++) {
    await inbox.drain()
    await moveTime(inbox, 4000)
  }
  assert.deepEqual(await one(inbox, 'select received_minor from payments'), [
    { received_minor: '500' },
  ])
  assert.deepEqual(
    await one(
      inbox,
      'select e.event_id from dead_letters d join inbox_events e on e.id = d.inbox_event_id',
    ),
    [{ event_id: 'evt_child' }],
  )
})

test('an event whose parent comes out of the parking place in the same batch is not left behind there', async () => {
  await using inbox = await openInbox()
  const told = (id: string, type: string, object: Record<string, unknown>) => ({
    id,
    type,
    created: 1_750_000_000,
    data: { object: { currency: 'usd', amount: 500, ...object } },
  })
  const charge = {
    id: 'ch_1',
    object: 'charge',
    payment_intent: 'pi_1',
    status: 'succeeded',
    captured: true,
  }
  await inbox.store([told('evt_charge', 'charge.succeeded', charge)])
  await inbox.drain()
  const dispute = { id: 'dp_1', object: 'dispute', charge: 'ch_1', status: 'needs_response' }
  const intent = { id: 'pi_1', object: 'payment_intent', status: 'requires_payment_method' }
  await inbox.store([
    told('evt_dispute', 'charge.dispute.created', dispute),
    told('evt_intent', 'payment_intent.created', intent),
  ])
  await inbox.drain()
  assert.deepEqual(await one(inbox, 'select count(*)::int as n from inbox_parked'), [{ n: 0 }])
  assert.deepEqual(await one(inbox, 'select disputed_minor from payments'), [
    { disputed_minor: '500' },
  ])
})
