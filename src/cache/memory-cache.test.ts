import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemoryCache } from './memory-cache.ts'

const MINUTE_MS = 60_000

test('memory is bounded: the oldest entry goes first', async () => {
  const cache = openMemoryCache({ nowMs: () => 0 })
  const value = Buffer.from('x')
  for (let index = 0; index < 5_000; index++) await cache.set(`name ${index}`, value, MINUTE_MS)
  const kept: number[] = []
  for (let index = 0; index < 5_000; index++) {
    if ((await cache.get(`name ${index}`)).outcome === 'hit') kept.push(index)
  }
  assert.deepEqual([kept.length, kept[0]], [1_000, 4_000])
})

test('what has expired makes room before what has not', async () => {
  let nowMs = 0
  const cache = openMemoryCache({ nowMs: () => nowMs, entryCountMax: 10 })
  for (let index = 0; index < 9; index++) await cache.set(`old ${index}`, Buffer.of(1), 100)
  await cache.set('lasting', Buffer.of(2), MINUTE_MS)
  nowMs = 100
  for (let index = 0; index < 9; index++) await cache.set(`new ${index}`, Buffer.of(3), MINUTE_MS)
  assert.equal((await cache.get('lasting')).outcome, 'hit')
})

test('memory is bounded in bytes: the oldest go first, and what is gone no longer counts', async () => {
  let nowMs = 0
  const cache = openMemoryCache({ nowMs: () => nowMs, byteCountMax: 1_000 })
  const isKept = async (name: string) => (await cache.get(name)).outcome === 'hit'
  for (const name of ['a', 'b', 'c']) await cache.set(name, Buffer.alloc(400), MINUTE_MS)
  assert.deepEqual([await isKept('a'), await isKept('b'), await isKept('c')], [false, true, true])
  // In place of itself, deleted or expired, an entry makes room.
  await cache.set('c', Buffer.alloc(600), MINUTE_MS)
  assert.equal(await isKept('b'), true)
  await cache.delete('c')
  await cache.set('d', Buffer.alloc(600), 100)
  nowMs = 100
  assert.deepEqual([await isKept('b'), await isKept('d')], [true, false])
  await cache.set('e', Buffer.alloc(600), MINUTE_MS)
  assert.deepEqual([await isKept('b'), await isKept('e')], [true, true])
})
