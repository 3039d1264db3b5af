import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { checkLedger } from '../../src/ledger/check.ts'
import { type EventBody, openInbox } from '../support/inbox.ts'
import { seededRandom, shuffled } from '../support/random.ts'
import { stateOf } from '../support/state-of.ts'

type Inbox = Awaited<ReturnType<typeof openInbox>>

const event = (id: string, created: number, object: Record<string, unknown>): EventBody => ({
  id: `evt_${id}`,
  type: id.replace(/_\d+$/, ''),
  created,
  data: { object },
})
const intent = (id: string, created: number, more: object = {}) =>
  event(id, created, {
    id: 'pi_1',
    object: 'payment_intent',
    status: 'succeeded',
    amount: 1000,
    amount_received: 1000,
    currency: 'usd',
    ...more,
  })
const charge = (id: string, created: number, more: object = {}) =>
  event(id, created, {
    id: 'ch_1',
    object: 'charge',
    status: 'succeeded',
    captured: true,
    amount: 1000,
    amount_captured: 1000,
    amount_refunded: 0,
    currency: 'usd',
    ...more,
  })
const refund = (id: string, created: number, more: object = {}) =>
  event(id, created, {
    id: 're_1',
    object: 'refund',
    amount: 300,
    currency: 'usd',
    status: 'succeeded',
    created: 1040,
    charge: 'ch_1',
    ...more,
  })
const dispute = event('charge.dispute.created', 1050, {
  id: 'dp_1',
  object: 'dispute',
  amount: 200,
  currency: 'usd',
  status: 'needs_response',
  charge: 'ch_1',
})
const bareIntent = intent('payment_intent.succeeded_1', 1010)
const bareCharge = charge('charge.succeeded_1', 1009)

const rowsOf = async <Row extends object>(inbox: Inbox, text: string) =>
  (
    await inbox.database.query<Row>({
      name: `test_${createHash('md5').update(text).digest('hex')}`,
      text,
    })
  ).rows

async function applyEach(inbox: Inbox, events: EventBody[], size = 1): Promise<void> {
  for (let from = 0; from < events.length; from += size) {
    await inbox.store(events.slice(from, from + size))
    await inbox.drain()
  }
}

/** Every order of few events. */
function permutations<Item>(items: Item[]): Item[][] {
  if (items.length <= 1) return [items]
  return items.flatMap((item, index) =>
    permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
  )
}

/** Each names the intent and the charge together in another way. */
const links: Record<string, EventBody> = {
  'the intent names its latest charge': intent('payment_intent.succeeded_2', 1060, {
    latest_charge: 'ch_1',
  }),
  'the intent embeds its charge': intent('payment_intent.succeeded_3', 1060, {
    charges: { object: 'list', data: [charge('x', 0).data.object] },
  }),
  'a charge of a newer version names the intent': charge('charge.updated_1', 1060, {
    payment_intent: 'pi_1',
    amount_refunded: 300,
  }),
  'only a refund names both': refund('refund.updated_1', 1060, { payment_intent: 'pi_1' }),
}

for (const [name, link] of Object.entries(links)) {
  test(`whatever the order, it is one payment when ${name}`, async () => {
    const child = refund('refund.created_1', 1041)
    const events = [bareIntent, bareCharge, child, link]
    await using straight = await openInbox()
    await straight.store(events)
    await straight.drain()
    const expected = await stateOf(straight.database)
    assert.equal(expected.payments?.length, 1)
    assert.deepEqual(expected.waiting, [{ queued: '0', dead: '0', parked: '0' }])
    assert.deepEqual(await rowsOf(straight, 'select received_minor as n from payments'), [
      { n: '1000' },
    ])
    for (const [index, roots] of permutations([bareIntent, bareCharge, link]).entries()) {
      const order = roots.toSpliced(index % 4, 0, child)
      await using inbox = await openInbox()
      await applyEach(inbox, order)
      assert.deepEqual(await stateOf(inbox.database), expected, order.map(({ id }) => id).join())
      assert.deepEqual(await checkLedger(inbox.database), [])
    }
  })
}

test('two payments that turn out to be one become the older one; the other points to it and is told', async () => {
  await using inbox = await openInbox()
  await applyEach(inbox, [bareIntent, bareCharge, refund('refund.created_1', 1041), dispute])
  const [older, newer] = await rowsOf<{ id: string }>(inbox, 'select id from payments order by id')
  assert.ok(older && newer)
  const refundBefore = await rowsOf(inbox, 'select id from refunds')
  await applyEach(inbox, [charge('charge.updated_1', 1060, { payment_intent: 'pi_1' })])

  assert.deepEqual(
    await rowsOf(
      inbox,
      `select id, merged_into_payment_id as into, received_minor as received, refunded_minor as refunded,
        disputed_minor as disputed from payments where merged_into_payment_id is null`,
    ),
    [{ id: older.id, into: null, received: '1000', refunded: '300', disputed: '200' }],
  )
  assert.deepEqual(
    await rowsOf(
      inbox,
      'select id, merged_into_payment_id as into from payments where merged_into_payment_id is not null',
    ),
    [{ id: newer.id, into: older.id }],
  )
  assert.deepEqual(await rowsOf(inbox, 'select id from refunds'), refundBefore)
  assert.deepEqual(await rowsOf(inbox, 'select distinct payment_id from refunds'), [
    { payment_id: older.id },
  ])
  assert.deepEqual(await rowsOf(inbox, 'select distinct payment_id from inbox_outcomes'), [
    { payment_id: older.id },
  ])
  assert.deepEqual(
    await rowsOf(
      inbox,
      `select ordering_key as key, payload->'data'->>'merged_into_payment_id' as into from outbox_events
        where type = 'payment.merged'`,
    ),
    [{ key: newer.id, into: older.id }],
  )
  assert.deepEqual(await checkLedger(inbox.database), [])

  // The one that remains goes on as if it had always been alone.
  await applyEach(inbox, [
    refund('refund.failed_1', 1070, { status: 'failed' }),
    charge('charge.updated_2', 1071, { payment_intent: 'pi_1' }),
  ])
  assert.deepEqual(
    await rowsOf(
      inbox,
      'select refunded_minor as n from payments where merged_into_payment_id is null',
    ),
    [{ n: '0' }],
  )
  assert.deepEqual(await rowsOf(inbox, 'select code from dead_letters'), [])
  assert.deepEqual(await checkLedger(inbox.database), [])
})

test('three payments become one over two links', async () => {
  const second = event('charge.succeeded_9', 1020, {
    ...charge('x', 0).data.object,
    id: 'ch_0',
    status: 'failed',
    captured: false,
    amount_captured: 0,
  })
  const events = [
    second,
    bareIntent,
    bareCharge,
    event('charge.updated_9', 1061, { ...second.data.object, payment_intent: 'pi_1' }),
    charge('charge.updated_1', 1060, { payment_intent: 'pi_1' }),
  ]
  await using straight = await openInbox()
  await straight.store(events)
  await straight.drain()
  const expected = await stateOf(straight.database)
  assert.equal(expected.payments?.length, 1)
  for (const order of [events, events.toReversed(), shuffled(events, seededRandom(3))]) {
    await using inbox = await openInbox()
    await applyEach(inbox, order)
    assert.deepEqual(await stateOf(inbox.database), expected)
    assert.deepEqual(await checkLedger(inbox.database), [])
  }
})

test('two workers that learn of a link at the same moment make one payment', async () => {
  const count = 30
  const rename = (one: EventBody, index: number): EventBody => ({
    ...JSON.parse(
      JSON.stringify(one).replaceAll(/"(pi|ch|re|dp)_1"/g, (_, kind) => `"${kind}_1${index}"`),
    ),
    id: `${one.id}_${index}`,
  })
  const of = (...events: EventBody[]) =>
    Array.from({ length: count }, (_, index) => events.map((one) => rename(one, index))).flat()
  await using inbox = await openInbox()
  await inbox.store(of(bareIntent, bareCharge))
  await inbox.drain()
  const linking = of(
    intent('payment_intent.succeeded_2', 1060, { latest_charge: 'ch_1' }),
    refund('refund.created_1', 1041),
    dispute,
    charge('charge.updated_1', 1062, { payment_intent: 'pi_1' }),
  )
  await inbox.store(shuffled(linking, seededRandom(9)))
  await Promise.all([
    inbox.drain({ workerId: 'a', batchCountMax: 5 }),
    inbox.drain({ workerId: 'b', batchCountMax: 3 }),
  ])
  await inbox.drain()
  const state = await stateOf(inbox.database)
  assert.deepEqual(state.waiting, [{ queued: '0', dead: '0', parked: '0' }])
  assert.equal(state.payments?.length, count)
  await using straight = await openInbox()
  await straight.store([...of(bareIntent, bareCharge), ...linking])
  await straight.drain()
  assert.deepEqual(state, await stateOf(straight.database))
  assert.deepEqual(await checkLedger(inbox.database), [])
})

test('a charge that waits for its intent is found when it becomes known by its own reference', async () => {
  const named = charge('charge.captured_1', 1020, { payment_intent: 'pi_1' })
  const states = []
  for (const order of [
    [named, bareCharge],
    [bareCharge, named],
  ]) {
    await using inbox = await openInbox()
    await applyEach(inbox, order)
    states.push(await stateOf(inbox.database))
  }
  assert.deepEqual(states[0], states[1])
  assert.deepEqual(states[0]?.waiting, [{ queued: '0', dead: '0', parked: '0' }])
})

test('a parked event that is queued once more is applied once, in one batch with its root', async () => {
  await using inbox = await openInbox()
  await applyEach(inbox, [refund('refund.created_1', 1041)])
  await rowsOf(
    inbox,
    `insert into inbox_queue (inbox_event_id, received_at, lane, run_at)
      select id, received_at, lane, payonce_clock() from inbox_events`,
  )
  await inbox.store([intent('payment_intent.succeeded_2', 1060, { latest_charge: 'ch_1' })])
  const failed: string[] = []
  await inbox.drain({ onFailed: (one) => failed.push(one.eventId) })
  assert.deepEqual(failed, [])
  assert.deepEqual(await rowsOf(inbox, 'select refunded_minor as n from payments'), [{ n: '300' }])
  assert.deepEqual(await rowsOf(inbox, 'select inbox_event_id from inbox_parked'), [])
  assert.deepEqual(await rowsOf(inbox, 'select inbox_event_id from inbox_queue'), [])
})

test('a charge that two intents claim does not make one payment of them', async () => {
  const other = (more: object) =>
    intent('payment_intent.succeeded_5', 1030, { ...more, id: 'pi_2', latest_charge: 'ch_1' })
  for (const batch of [1, 3]) {
    await using inbox = await openInbox()
    await applyEach(
      inbox,
      [
        intent('payment_intent.succeeded_2', 1060, { latest_charge: 'ch_1' }),
        bareCharge,
        other({ amount: 700, amount_received: 700 }),
      ],
      batch,
    )
    assert.deepEqual(
      await rowsOf(
        inbox,
        'select provider_reference as r, received_minor as n from payments order by 1',
      ),
      [
        { r: 'pi_1', n: '1000' },
        { r: 'pi_2', n: '700' },
      ],
    )
    assert.deepEqual(await rowsOf(inbox, 'select code from dead_letters'), [])
    assert.deepEqual(await checkLedger(inbox.database), [])
  }
})

test('a charge that was only named does not keep a payment from being told by another one', async () => {
  // The dispute names a charge whose own events are still on their way, and that sorts first.
  const named = event('charge.dispute.created_2', 1050, {
    ...dispute.data.object,
    id: 'dp_2',
    charge: 'ch_0',
    payment_intent: 'pi_1',
  })
  const linked = charge('charge.captured_1', 1020, { payment_intent: 'pi_1' })
  const late = charge('charge.failed_1', 1005, {
    id: 'ch_0',
    status: 'failed',
    captured: false,
    amount_captured: 0,
    payment_intent: 'pi_1',
  })
  const states = []
  for (const order of [
    [bareCharge, linked, named, late],
    [named, linked, bareCharge, late],
    [late, named, bareCharge, linked],
  ]) {
    await using inbox = await openInbox()
    const failed: string[] = []
    for (const one of order) {
      await inbox.store([one])
      await inbox.drain({ onFailed: (_, failure) => failed.push(failure.code) })
    }
    assert.deepEqual(failed, [])
    states.push(await stateOf(inbox.database))
  }
  assert.deepEqual(states[1], states[0])
  assert.deepEqual(states[2], states[0])
})
