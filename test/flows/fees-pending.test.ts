import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { checkLedger } from '../../src/ledger/check.ts'
import type { EventBody } from '../support/inbox.ts'
import { openReadServer } from '../support/read-server.ts'

let server: Awaited<ReturnType<typeof openReadServer>>
before(async () => {
  server = await openReadServer()
})
after(() => server[Symbol.asyncDispose]())

const at = 1_750_000_000
let count = 0
const charge = (index: number, transaction: object | null, more: object = {}): EventBody => ({
  id: `evt_${count++}`,
  type: 'charge.updated',
  created: at,
  data: {
    object: {
      id: `ch_${index}`,
      object: 'charge',
      status: 'succeeded',
      captured: true,
      amount: 1000,
      currency: 'usd',
      balance_transaction: transaction,
      ...more,
    },
  },
})
const transaction = (index: number, fee: number) => ({
  id: `txn_${index}`,
  amount: 1000,
  fee,
  currency: 'usd',
  created: at,
})
const apply = async (...events: EventBody[]) => {
  await server.store(events)
  await server.drain()
}

/** As folded into buckets, and as an edge shorter than a bucket is counted. */
async function feesPending(): Promise<number[]> {
  const ranges = ['', `?from=${iso(at - 1)}&to=${iso(at + 1)}`]
  const answers = await Promise.all(ranges.map((range) => server.ask(`/revenue${range}`)))
  return answers.map(({ body }) => body.items[0].fees_pending)
}
const iso = (seconds: number) => new Date(seconds * 1000).toISOString()

test('a fee of zero that was told is told', async () => {
  await apply(charge(1, null))
  assert.deepEqual(await feesPending(), [1, 1])
  const told = charge(1, transaction(1, 0))
  await apply(told)
  assert.deepEqual(await feesPending(), [0, 0])
  // Told again, and told before the capture is known otherwise, it stays told.
  await apply(charge(1, null), charge(1, transaction(1, 0)))
  await server.sql(
    `insert into inbox_queue (inbox_event_id, received_at, lane, run_at)
      select id, received_at, lane, payonce_clock() from inbox_events`,
  )
  await server.drain()
  await apply(charge(2, transaction(2, 0)))
  await apply(charge(2, null))
  assert.deepEqual(await feesPending(), [0, 0])
  await apply(charge(3, transaction(3, 30)), charge(4, null))
  assert.deepEqual(await feesPending(), [1, 1])
  assert.deepEqual(await checkLedger(server.database), [])
})

test('of two payments that become one, no capture waits for its fee twice', async () => {
  const [before] = await feesPending()
  const intent: EventBody = {
    id: 'evt_intent',
    type: 'payment_intent.succeeded',
    created: at,
    data: {
      object: {
        id: 'pi_9',
        object: 'payment_intent',
        status: 'succeeded',
        amount: 1000,
        currency: 'usd',
      },
    },
  }
  await apply(intent)
  await apply(charge(9, transaction(9, 0)))
  assert.deepEqual(await feesPending(), [Number(before) + 1, Number(before) + 1])
  await apply(charge(9, null, { payment_intent: 'pi_9' }))
  assert.deepEqual(await feesPending(), [before, before])
  assert.deepEqual(await checkLedger(server.database), [])
})

test('the checker finds a count of pending fees that the facts do not bear out', async () => {
  await server.sql(
    `update balance_deltas set fee_pending_count = fee_pending_count + 1 where id in (
      select d.id from balance_deltas d join ledger_accounts a on a.id = d.ledger_account_id
      where a.kind = 'gross_revenue' limit 1)`,
  )
  const findings = await checkLedger(server.database)
  assert.deepEqual(
    findings.map((finding) => finding.check),
    ['fees_pending_equals_facts'],
  )
})
