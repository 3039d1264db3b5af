import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { mergeObjects } from '../../../test/support/merge-objects.ts'
import { seededRandom, shuffled } from '../../../test/support/random.ts'
import { type History, makeHistory } from '../../../test/support/stripe-history.ts'
import { compareVersions, mergeFacts, noFacts, type ObjectFacts } from '../../domain/facts.ts'
import { type PaymentStatus, paymentTransitions } from '../../domain/payment.ts'
import { paymentMovements } from './movements.ts'
import { projectPayment } from './payment.ts'

function project(events: History['events']) {
  const sorted = mergeObjects(events)
  const payment = projectPayment(sorted)
  return { objects: sorted, payment, movements: payment && sortedMovements(payment) }
}

function sortedMovements(payment: NonNullable<ReturnType<typeof projectPayment>>) {
  return paymentMovements(payment).toSorted((a, b) =>
    `${a.kind}${a.reference}` < `${b.kind}${b.reference}` ? -1 : 1,
  )
}

const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 })

test('any permutation and duplication of a history gives the same facts, payment and movements', () => {
  fc.assert(
    fc.property(seed, seed, (historySeed, orderSeed) => {
      const history = makeHistory(seededRandom(historySeed), 1, historySeed % 2 === 1)
      const random = seededRandom(orderSeed)
      const repeated = history.events.filter(() => random.chance(0.3))
      const other = shuffled([...history.events, ...repeated], random)
      assert.deepEqual(project(other), project(history.events))
    }),
    { numRuns: 500 },
  )
})

test('a history adds up to what truly happened, to the cent', () => {
  fc.assert(
    fc.property(seed, (historySeed) => {
      const { events, truth } = makeHistory(seededRandom(historySeed), 1, historySeed % 2 === 1)
      const { payment } = project(events)
      assert.ok(payment)
      assert.equal(payment.receivedMinor, truth.captured)
      assert.equal(payment.refundedMinor, truth.refunded)
      assert.equal(payment.disputedMinor, truth.disputed)
      assert.equal(payment.status, truth.status)
    }),
    { numRuns: 1000 },
  )
})

test('in whatever order a history is told, the status goes only along the edges of the table', () => {
  fc.assert(
    fc.property(seed, seed, (historySeed, orderSeed) => {
      // Versions unmixed: where no event names both, a charge is a payment of its own until one does.
      const { events } = makeHistory(seededRandom(historySeed), 1)
      const told = shuffled(events, seededRandom(orderSeed))
      const statuses = told
        .map((_, index) => project(told.slice(0, index + 1)).payment?.status)
        .filter((status) => status !== undefined)
      statuses.forEach((status, index) => {
        const before = statuses[index - 1] ?? status
        const edges: readonly PaymentStatus[] = paymentTransitions[before]
        assert.ok(before === status || edges.includes(status), statuses.join(', '))
      })
    }),
    { numRuns: 1000 },
  )
})

const factsArbitrary: fc.Arbitrary<ObjectFacts> = fc.record(
  {
    writes: fc.array(
      fc.record(
        {
          version: fc.record(
            {
              absorbing: fc.boolean(),
              atSeconds: fc.integer({ min: 0, max: 3 }),
              rank: fc.integer({ min: 0, max: 2 }),
              progress: fc.integer({ min: 0, max: 2 }),
              eventId: fc.constantFrom('a', 'b', 'c', 'd'),
            },
            { noNullPrototype: true },
          ),
          fields: fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.integer(), {
            minKeys: 1,
            noNullPrototype: true,
          }),
        },
        { noNullPrototype: true },
      ),
      { maxLength: 1 },
    ),
    since: fc.dictionary(fc.constantFrom('captured', 'failed'), fc.integer({ min: 0, max: 9 }), {
      noNullPrototype: true,
    }),
  },
  { noNullPrototype: true },
)
/** One event says one thing: the same version never carries two values. */
const consistent = fc
  .array(factsArbitrary, { maxLength: 6 })
  .map((all) =>
    all.filter((facts, index) =>
      facts.writes.every((write) =>
        all
          .slice(0, index)
          .every((other) =>
            other.writes.every((one) => compareVersions(one.version, write.version) !== 0),
          ),
      ),
    ),
  )

test('merging facts is commutative, associative and idempotent', () => {
  fc.assert(
    fc.property(consistent, seed, (all, orderSeed) => {
      const merge = (list: ObjectFacts[]) => list.reduce(mergeFacts, noFacts)
      const merged = merge(all)
      assert.deepEqual(merge(shuffled([...all, ...all], seededRandom(orderSeed))), merged)
      assert.deepEqual(mergeFacts(merged, merged), merged)
    }),
    { numRuns: 500 },
  )
})
