import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { createChance } from '../../sandbox/chance.ts'
import { paid } from './support/control.ts'
import { openFor } from './support/open.ts'

const PAYMENT_COUNT = 60

/** The ids of everything, and each charge's own wait for its fee. */
async function pay(t: TestContext, seed: number, atOnce: number) {
  const { stripe, control } = await openFor(t, { seed })
  let left = PAYMENT_COUNT
  const callers = Array.from({ length: atOnce }, async () => {
    while (left-- > 0) await stripe.paymentIntents.create(paid)
  })
  await Promise.all(callers)
  await control.advance(31)
  const { charges = [], balance_transactions: rows = [] } = await control.effects()
  const { data: events } = await stripe.events.list({ limit: 100 })
  const created = new Map(charges.map(({ id, created }) => [id, Number(created)]))
  return {
    ids: [...charges, ...rows, ...events].map(({ id }) => id),
    intents: charges.map(({ payment_intent }) => payment_intent),
    // A wait is told to the second it ends in, and begins anywhere in its own.
    waits: new Map(
      rows.map((row) => [
        row.source,
        Number(row.created) - Number(created.get(String(row.source))),
      ]),
    ),
  }
}

test('the same seed makes the same ids and the same choices, whoever comes first', async (t) => {
  const one = await pay(t, 5, 1)
  const many = await pay(t, 5, 32)
  assert.deepEqual(many.ids.toSorted(), one.ids.toSorted())
  assert.deepEqual(many.intents.toSorted(), one.intents.toSorted())
  assert.equal(many.waits.size, PAYMENT_COUNT)
  for (const [charge, seconds] of many.waits)
    assert.ok(Math.abs(seconds - (one.waits.get(charge) ?? Number.NaN)) <= 1, String(charge))
  const other = await pay(t, 6, 1)
  assert.equal(other.ids.filter((id) => one.ids.includes(id)).length, 0)
})

test('chances are spread evenly, and depend on everything they are made of', () => {
  const chance = createChance(1)
  const draws = Array.from({ length: 2000 }, (_, n) => chance.between('x', n, 1, 4))
  for (const value of [1, 2, 3, 4]) {
    const share = draws.filter((one) => one === value).length / draws.length
    assert.ok(share > 0.2 && share < 0.3, `${value}: ${share}`)
  }
  assert.notEqual(chance.fraction('x', 1), chance.fraction('y', 1))
  assert.notEqual(chance.fraction('x', 1), createChance(2).fraction('x', 1))
})
