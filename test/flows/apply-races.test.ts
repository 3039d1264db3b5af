import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openInboxProcessor } from '../../src/inbox/process.ts'
import { checkLedger } from '../../src/ledger/check.ts'
import type { Database } from '../../src/store/db.ts'
import { eventually } from '../support/eventually.ts'
import { type EventBody, openInbox } from '../support/inbox.ts'

const charge = {
  id: 'ch_1',
  object: 'charge',
  status: 'succeeded',
  captured: true,
  amount: 1000,
  amount_captured: 1000,
  amount_refunded: 300,
  currency: 'usd',
}
const bareCharge: EventBody = {
  id: 'evt_charge',
  type: 'charge.succeeded',
  created: 1010,
  data: { object: charge },
}
const intentWithCharge: EventBody = {
  id: 'evt_intent',
  type: 'payment_intent.succeeded',
  created: 1011,
  data: {
    object: {
      id: 'pi_1',
      object: 'payment_intent',
      status: 'succeeded',
      amount: 1000,
      amount_received: 1000,
      currency: 'usd',
      charges: { object: 'list', data: [charge] },
    },
  },
}

/** A database whose transactions wait before they commit until `open` is called. */
function withGate(database: Database) {
  const gate = Promise.withResolvers<void>()
  const reached = Promise.withResolvers<void>()
  const transaction: Database['transaction'] = (work) =>
    database.transaction(async (tx) => {
      const result = await work(tx)
      reached.resolve()
      await gate.promise
      return result
    })
  return { database: { ...database, transaction }, reached: reached.promise, open: gate.resolve }
}

test('two workers that learn of one charge at the same moment book it once, and blame nobody for the lost race', async () => {
  for (const [first, second] of [
    [bareCharge, intentWithCharge],
    [intentWithCharge, bareCharge],
  ] as const) {
    await using inbox = await openInbox()
    const failed: string[] = []
    // A fault that is held to be the event's own would show at once.
    const deps = {
      ...inbox.deps,
      retry: { ...inbox.deps.retry, immediateCount: 0 },
      onFailed: (_: unknown, { code }: { code: string }) => failed.push(code),
    }
    await inbox.store([first])
    const gate = withGate(inbox.database)
    const winner = openInboxProcessor({ ...deps, database: gate.database })()
    await gate.reached
    await inbox.store([second])
    const loser = openInboxProcessor({ ...deps, workerId: 'other' })()
    const waiting = {
      name: 'test_waiting',
      text: `select 1 as one from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
    }
    await eventually(
      () => inbox.database.query(waiting),
      ({ count }) => count === 1,
      5_000,
    ).finally(gate.open)
    await Promise.all([winner, loser])
    assert.deepEqual(failed, [])
    const { rows } = await inbox.database.query({
      name: 'test_left',
      text: `select received_minor as received, refunded_minor as refunded,
          (select count(*) from inbox_queue) as queued, (select count(*) from dead_letters) as dead
        from payments where merged_into_payment_id is null`,
    })
    assert.deepEqual(rows, [{ received: '1000', refunded: '300', queued: '0', dead: '0' }])
    assert.deepEqual(await checkLedger(inbox.database), [])
  }
})
