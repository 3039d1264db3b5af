import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openWorkPacer } from './work-pacer.ts'

test('a turn takes what it has room for; the rest waits, what has begun before what is new', async () => {
  const pacer = openWorkPacer(100_000)
  const order: string[] = []
  assert.equal(pacer.pass(100_000, 'new'), undefined)
  const waits = (['new', 'new', 'begun', 'begun'] as const).map((stage, index) =>
    pacer.pass(60_000, stage)?.then(() => order.push(`${stage} ${index}`)),
  )
  assert.ok(waits.every((wait) => wait !== undefined))
  await Promise.all(waits)
  assert.deepEqual(order, ['begun 2', 'begun 3', 'new 0', 'new 1'])
})

test('a small body never waits', () => {
  const pacer = openWorkPacer(100_000)
  assert.equal(pacer.pass(1_000_000, 'new'), undefined)
  assert.notEqual(pacer.pass(1_000_000, 'begun'), undefined)
  assert.equal(pacer.pass(6_000, 'new'), undefined)
})
