import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type EventBody, openInbox } from '../support/inbox.ts'

let count = 0
const event = (type: string, created: number, object: Record<string, unknown>): EventBody => ({
  id: `evt_${type}_${count++}`,
  type,
  created,
  data: { object },
})
const intent = event('payment_intent.succeeded', 1000, {
  id: 'pi_1',
  object: 'payment_intent',
  status: 'succeeded',
  amount: 1000,
  amount_received: 1000,
  currency: 'usd',
  latest_charge: 'ch_1',
})
const charge = (created: number, refunded: number, more: object = {}) =>
  event('charge.refunded', created, {
    id: 'ch_1',
    object: 'charge',
    payment_intent: 'pi_1',
    amount: 1000,
    amount_captured: 1000,
    amount_refunded: refunded,
    captured: true,
    status: 'succeeded',
    currency: 'usd',
    ...more,
  })
const refund = (type: string, created: number, status = 'succeeded', made = 1010) =>
  event(type, created, {
    id: 're_1',
    object: 'refund',
    amount: 400,
    charge: 'ch_1',
    currency: 'usd',
    status,
    created: made,
  })

async function refundedAfter(events: EventBody[]): Promise<{ refunded: string; kinds: string[] }> {
  await using inbox = await openInbox()
  for (const one of events) {
    await inbox.store([one])
    await inbox.drain()
  }
  const { rows: payments } = await inbox.database.query<{ refunded: string }>({
    name: 'test_refunded',
    text: 'select refunded_minor as refunded from payments',
  })
  const { rows: kinds } = await inbox.database.query<{ kind: string }>({
    name: 'test_kinds',
    text: 'select kind from refunds order by kind',
  })
  const { rows: booked } = await inbox.database.query<{ balance: string }>({
    name: 'test_booked',
    text: `select coalesce(sum(debit_minor - credit_minor), 0)::text as balance from balance_deltas d
      join ledger_accounts a on a.id = d.ledger_account_id where a.kind = 'refunds'`,
  })
  assert.equal(booked[0]?.balance, payments[0]?.refunded, 'the ledger says what the payment says')
  return { refunded: payments[0]?.refunded ?? '', kinds: kinds.map((row) => row.kind) }
}

test('400 by charge.refunded and 400 by refund.created is 400, in either order', async () => {
  const expected = { refunded: '400', kinds: ['itemised'] }
  assert.deepEqual(
    await refundedAfter([intent, charge(1010, 400), refund('refund.created', 1011)]),
    expected,
  )
  assert.deepEqual(
    await refundedAfter([refund('refund.created', 1011), charge(1010, 400), intent]),
    expected,
  )
})

test('a refund told by the charge alone is one unitemised refund', async () => {
  assert.deepEqual(await refundedAfter([intent, charge(1010, 400), charge(1020, 700)]), {
    refunded: '700',
    kinds: ['unitemised'],
  })
})

test('a failed refund gives the money back', async () => {
  const expected = { refunded: '0', kinds: ['itemised'] }
  const failed = refund('refund.failed', 1030, 'failed')
  assert.deepEqual(
    await refundedAfter([intent, charge(1010, 400), refund('refund.created', 1011), failed]),
    expected,
  )
  assert.deepEqual(
    await refundedAfter([failed, refund('refund.created', 1011), charge(1010, 400), intent]),
    expected,
  )
  assert.deepEqual(await refundedAfter([intent, charge(1010, 400), failed]), expected)
})

test('what a partial capture lets go is no refund', async () => {
  const partial = { amount_captured: 600 }
  const captured = event('payment_intent.succeeded', 1000, {
    ...intent.data.object,
    amount_received: 600,
  })
  assert.deepEqual(await refundedAfter([captured, charge(1001, 400, partial)]), {
    refunded: '0',
    kinds: [],
  })
  assert.deepEqual(
    await refundedAfter([
      captured,
      charge(1001, 400, partial),
      refund('refund.created', 1001, 'succeeded', 1001),
    ]),
    {
      refunded: '0',
      kinds: [],
    },
  )
  assert.deepEqual(await refundedAfter([captured, charge(1020, 500, partial)]), {
    refunded: '100',
    kinds: ['unitemised'],
  })
})

test('a refund that names only the intent counts once, although an earlier attempt was declined', async () => {
  const declined = event('charge.failed', 990, {
    id: 'ch_0',
    object: 'charge',
    payment_intent: 'pi_1',
    amount: 1000,
    captured: false,
    status: 'failed',
    currency: 'usd',
  })
  const unnamed = event('refund.created', 1011, {
    id: 're_1',
    object: 'refund',
    amount: 400,
    payment_intent: 'pi_1',
    currency: 'usd',
    status: 'succeeded',
    created: 1010,
  })
  const expected = { refunded: '400', kinds: ['itemised'] }
  assert.deepEqual(await refundedAfter([intent, declined, charge(1010, 400), unnamed]), expected)
  assert.deepEqual(await refundedAfter([unnamed, charge(1010, 400), declined, intent]), expected)
})

test('a released rest that was told before its capture leaves no refund behind', async () => {
  const captured = event('payment_intent.succeeded', 1000, {
    ...intent.data.object,
    amount_received: 600,
  })
  const release = refund('refund.created', 1001, 'succeeded', 1001)
  const expected = { refunded: '0', kinds: [] }
  assert.deepEqual(
    await refundedAfter([captured, release, charge(1001, 400, { amount_captured: 600 })]),
    expected,
  )
})
