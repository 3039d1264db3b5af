/** What every cache owes the code that asks it, whatever it keeps its entries in. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import type { Cache } from '../../src/access/cache.ts'
import { eventually } from '../support/eventually.ts'

export type CacheUnderTest = {
  /** caches of one namespace share their entries, those of two namespaces do not */
  open: (namespace: string) => Cache
  /** the largest value that is kept */
  valueBytesMax: number
  /** moves the time of the entries, where that is possible; else it moves by itself */
  pass: (ms: number) => Promise<void>
}

/** @param prepare the cache, or the reason why it cannot be had here */
export function cacheConformance(
  kind: string,
  prepare: (t: TestContext) => Promise<CacheUnderTest | string>,
): void {
  const promise = (name: string, keep: (cache: CacheUnderTest) => Promise<void>) =>
    test(`${kind}: ${name}`, async (t) => {
      const cache = await prepare(t)
      if (typeof cache === 'string') return t.skip(cache)
      await keep(cache)
    })
  const MINUTE_MS = 60_000

  promise('what was put in comes out byte for byte, under its own name', async ({ open }) => {
    const cache = open('one')
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
        fc.uint8Array({ maxLength: 300 }),
        async (name, bytes) => {
          assert.equal(await cache.set(name, Buffer.from(bytes), MINUTE_MS), true)
          assert.deepEqual(await cache.get(name), { outcome: 'hit', value: Buffer.from(bytes) })
          assert.equal(await cache.delete(name), true)
          assert.deepEqual(await cache.get(name), { outcome: 'miss' })
        },
      ),
      { numRuns: 50 },
    )
  })

  promise('a name nobody has used is a miss, and deleting it is no error', async ({ open }) => {
    const cache = open('one')
    assert.deepEqual(await cache.get('nothing'), { outcome: 'miss' })
    assert.equal(await cache.delete('nothing'), true)
  })

  promise('the last value stands, with its own time to live', async ({ open, pass }) => {
    const cache = open('one')
    await cache.set('name', Buffer.from('first, for long'), MINUTE_MS)
    await cache.set('name', Buffer.from('second'), 1_000)
    assert.deepEqual(await cache.get('name'), { outcome: 'hit', value: Buffer.from('second') })
    await pass(1_000)
    await eventually(
      () => cache.get('name'),
      ({ outcome }) => outcome === 'miss',
      10_000,
    )
  })

  promise('an entry without time to live is never there', async ({ open }) => {
    const cache = open('one')
    for (const ttlMs of [0, -1]) {
      assert.equal(await cache.set('late', Buffer.from('x'), ttlMs), false)
      assert.deepEqual(await cache.get('late'), { outcome: 'miss' })
    }
  })

  promise('a value is kept up to the bound and not beyond it', async ({ open, valueBytesMax }) => {
    const cache = open('one')
    const largest = randomBytes(valueBytesMax)
    assert.equal(await cache.set('largest', largest, MINUTE_MS), true)
    assert.deepEqual(await cache.get('largest'), { outcome: 'hit', value: largest })
    assert.equal(await cache.set('larger', randomBytes(valueBytesMax + 1), MINUTE_MS), false)
    assert.deepEqual(await cache.get('larger'), { outcome: 'miss' })
  })

  promise('changing the bytes afterwards changes nothing that is kept', async ({ open }) => {
    const cache = open('one')
    const value = Buffer.from('mine')
    await cache.set('name', value, MINUTE_MS)
    value.fill(0)
    const first = await cache.get('name')
    assert.deepEqual(first, { outcome: 'hit', value: Buffer.from('mine') })
    if (first.outcome === 'hit') first.value.fill(0)
    assert.deepEqual(await cache.get('name'), { outcome: 'hit', value: Buffer.from('mine') })
  })

  promise('one namespace never sees the entries of another', async ({ open }) => {
    const [one, other] = [open('one'), open('other')]
    await one.set('name', Buffer.from('of one'), MINUTE_MS)
    assert.deepEqual(await other.get('name'), { outcome: 'miss' })
    await other.delete('name')
    assert.deepEqual(await one.get('name'), { outcome: 'hit', value: Buffer.from('of one') })
  })

  promise('of values written at once one stands, whole', async ({ open }) => {
    const cache = open('one')
    const values = Array.from({ length: 50 }, (_, index) => Buffer.alloc(1_000, index))
    const reads = await Promise.all(
      values.flatMap((value) => [cache.set('name', value, MINUTE_MS), cache.get('name')]),
    )
    const seen = [...reads, await cache.get('name')].filter((answer) => typeof answer === 'object')
    for (const answer of seen) {
      if (answer.outcome === 'miss') continue
      assert.ok(answer.outcome === 'hit')
      assert.ok(values.some((value) => value.equals(answer.value)))
    }
    assert.equal(seen.at(-1)?.outcome, 'hit')
  })
}
