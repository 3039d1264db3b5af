/** Effects of one operation that this database does not know: it was restored to before the request. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkLedger } from '../../src/ledger/check.ts'
import { eventually } from '../support/eventually.ts'
import { type EventBody, openInbox } from '../support/inbox.ts'
import { assertConsistent, type Body, charge, openPaymentsApp } from '../support/payments-app.ts'
import { deliver, makeAtProvider } from '../support/provider-by-hand.ts'
import { seededRandom, shuffled } from '../support/random.ts'
import { stateOf } from '../support/state-of.ts'

const forgotten = 'f'.repeat(64)

for (const inOneBatch of [true, false]) {
  for (const isReversed of [false, true]) {
    const how = `${inOneBatch ? 'in one batch' : 'apart'}${isReversed ? ', the second first' : ''}`
    test(`of two effects of a forgotten operation the customer pays one, told ${how}`, async () => {
      await using app = await openPaymentsApp({
        webhooks: false,
        ...(inOneBatch && { role: 'api' as const }),
      })
      const make = () =>
        makeAtProvider(app, '/v1/payment_intents', {
          ...{ amount: '1000', currency: 'usd', confirm: 'true', payment_method: 'pm_card_visa' },
          'allowed_payment_method_types[]': 'card',
          'metadata[payonce_operation]': forgotten,
          'metadata[payonce_reference]': 'order-1',
        })
      const made = [await make(), await make()]
      if (isReversed) made.reverse()
      for (const { id } of made) {
        await deliver(app, id)
        if (inOneBatch) continue
        await eventually(
          () => app.sql('select id from payments where provider_reference = $1', [id]),
          (rows) => rows.length === 1,
        )
      }
      if (inOneBatch) await app.start('worker')
      const rows: Body[] = await eventually(
        () => app.sql('select * from payments order by duplicate_of_payment_id nulls first'),
        ([, second]) => second?.duplicate_undo === 'undone',
      )
      const [paid, second] = rows
      assert.equal(rows.length, 2)
      assert.deepEqual([paid?.reference, paid?.duplicate_undo], ['order-1', null])
      assert.deepEqual([second?.reference, second?.duplicate_of_payment_id], [null, paid?.id])
      if (!inOneBatch) assert.equal(paid?.provider_reference, made[0]?.id, 'the first one told of')
      const { refunds } = await app.effects()
      assert.deepEqual(
        refunds.map((refund: Body) => refund.payment_intent),
        [second?.provider_reference],
      )
      const again = await app.post('/payments', { ...charge, reference: 'order-1' }, { key: 'new' })
      assert.deepEqual([again.status, again.body.id], [200, paid?.id])
      await assertConsistent(app)
    })
  }
}

/** What the provider tells of one of them; a charge may be told of before its intent. */
function eventsOf(name: string, times: number[], metadata: Record<string, string>): EventBody[] {
  const amounts = { amount: 1000, currency: 'usd' }
  const intent = { id: `pi_${name}`, object: 'payment_intent', ...amounts, metadata }
  const charged = { id: `ch_${name}`, object: 'charge', ...amounts, metadata }
  const told = [
    ['payment_intent.created', { ...intent, status: 'requires_payment_method' }],
    [
      'charge.succeeded',
      { ...charged, payment_intent: intent.id, status: 'succeeded', captured: true },
    ],
    [
      'payment_intent.succeeded',
      { ...intent, status: 'succeeded', amount_received: 1000, latest_charge: charged.id },
    ],
  ] as const
  return told.map(([type, object], index) => ({
    ...{ id: `evt_${name}_${index}`, type, created: times[index] ?? 0 },
    data: { object },
  }))
}

const carried = { payonce_operation: forgotten, payonce_reference: 'order-1' }
/** Without a reference it waits for its request, or for one of the others. */
const effects = fc
  .array(
    fc.record({
      times: fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 1000, max: 1006 }))),
      hasReference: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((others) =>
    [{ times: [1003, 1004, 1005], hasReference: true }, ...others].flatMap(
      ({ times, hasReference }, index) => {
        const { payonce_operation } = carried
        return eventsOf(`${index}`, times, hasReference ? carried : { payonce_operation })
      },
    ),
  )
const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 })

async function stateAfter(batches: EventBody[][]) {
  await using inbox = await openInbox()
  for (const batch of batches) {
    await inbox.store(batch)
    await inbox.drain()
  }
  assert.deepEqual(await checkLedger(inbox.database), [])
  return await stateOf(inbox.database)
}

function split(events: EventBody[], random: ReturnType<typeof seededRandom>): EventBody[][] {
  const batches: EventBody[][] = []
  for (let from = 0; from < events.length; from += batches.at(-1)?.length ?? 1) {
    batches.push(events.slice(from, from + 1 + random.below(4)))
  }
  return batches
}

test('any batches of what is told of several effects, in its order, give the same rows, and so does any order in one', async () => {
  await fc.assert(
    fc.asyncProperty(effects, seed, async (events, splitSeed) => {
      const random = seededRandom(splitSeed)
      const inOrder = events.toSorted((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1))
      const whole = await stateAfter([inOrder])
      assert.deepEqual(await stateAfter([shuffled(events, random)]), whole)
      assert.deepEqual(await stateAfter(split(inOrder, random)), whole)
    }),
    { numRuns: 12 },
  )
})

test('any order and any batches leave one payment of several effects, and the others to be undone', async () => {
  await fc.assert(
    fc.asyncProperty(effects, seed, async (events, orderSeed) => {
      const random = seededRandom(orderSeed)
      const state = await stateAfter(split(shuffled(events, random), random))
      const payments = state.payments as Record<string, unknown>[]
      const kept = payments.filter((row) => row.duplicate_of === null)
      assert.deepEqual(
        kept.map(({ reference }) => reference),
        ['order-1'],
      )
      for (const row of payments) {
        assert.deepEqual([row.status, row.received_minor], ['succeeded', '1000'])
        if (kept.includes(row)) continue
        const { provider_reference } = kept[0] ?? {}
        assert.deepEqual([row.duplicate_of, row.duplicate_undo], [provider_reference, 'due'])
      }
      assert.equal(payments.length, events.length / 3)
      assert.deepEqual(state.waiting, [{ queued: '0', dead: '0', parked: '0' }])
    }),
    { numRuns: 12 },
  )
})
