import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkLedger } from '../../src/ledger/check.ts'
import { openInbox } from '../support/inbox.ts'
import { seededRandom, shuffled } from '../support/random.ts'
import { stateOf } from '../support/state-of.ts'
import { makeHistory } from '../support/stripe-history.ts'

const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 })

test('any order, repetition and batching of histories gives the same rows and balances', async () => {
  await fc.assert(
    fc.asyncProperty(seed, seed, async (historySeed, orderSeed) => {
      const random = seededRandom(historySeed)
      // Every other one mixes API versions that tell, and do not tell, which charge and intent belong together.
      const events = Array.from({ length: 8 }, (_, index) =>
        makeHistory(random, index, index % 2 === 1),
      ).flatMap((one) => one.events)
      await using straight = await openInbox()
      await straight.store(events)
      await straight.drain()

      const order = seededRandom(orderSeed)
      await using other = await openInbox()
      const mixed = shuffled(events, order)
      for (let from = 0; from < mixed.length; ) {
        const count = 1 + order.below(12)
        await other.store(mixed.slice(from, from + count))
        await other.drain({ batchCountMax: 1 + order.below(20) })
        from += count
      }
      await other.store(mixed)
      await other.drain()
      assert.deepEqual(await stateOf(other.database), await stateOf(straight.database))
      assert.deepEqual(await checkLedger(other.database), [])
    }),
    { numRuns: 6, examples: [[2147483642, 515189901]] },
  )
})
