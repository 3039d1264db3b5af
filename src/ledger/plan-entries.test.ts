import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Movement } from '../domain/money-facts.ts'
import type { BookedFact } from '../store/journal.ts'
import { planEntries } from './plan-entries.ts'

const capture = (amountMinor: bigint, atSeconds = 1000): Movement => ({
  kind: 'capture',
  reference: 'ch_1',
  atSeconds,
  lines: [{ debit: 'provider_balance', credit: 'gross_revenue', amountMinor, currency: 'USD' }],
})

const booked = (movement: Movement, revision = 1, inForce = true): BookedFact => ({
  ...movement,
  entryId: `je_${revision}`,
  subjectId: 'pay_1',
  revision,
  effectiveAt: new Date(movement.atSeconds * 1000),
  inForce,
})

test('a fact that is booked as it should be needs no entry', () => {
  assert.deepEqual(planEntries([booked(capture(500n))], [capture(500n)]), [])
})

test('a fact that changed is taken back at its own time and booked anew', () => {
  const [reversal, entry, ...rest] = planEntries([booked(capture(500n))], [capture(700n, 900)])
  assert.deepEqual(rest, [])
  assert.equal(reversal?.reverses, 'je_1')
  assert.equal(reversal?.revision, 2)
  assert.equal(reversal?.effectiveAt.getTime(), 1_000_000)
  assert.deepEqual(reversal?.lines[0], {
    debit: 'gross_revenue',
    credit: 'provider_balance',
    amountMinor: 500n,
    currency: 'USD',
  })
  assert.equal(entry?.revision, 3)
  assert.equal(entry?.effectiveAt.getTime(), 900_000)
})

test('a fact that is no more is taken back once', () => {
  assert.equal(planEntries([booked(capture(500n))], []).length, 1)
  assert.deepEqual(planEntries([booked(capture(500n), 2, false)], []), [])
})

test('a fact that comes back follows the revision that took it back', () => {
  const [entry] = planEntries([booked(capture(500n), 2, false)], [capture(500n)])
  assert.equal(entry?.revision, 3)
  assert.equal(entry?.reverses, undefined)
})
