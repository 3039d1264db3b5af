import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LANE_COUNT, laneOf } from './lane.ts'

test('a key keeps the lane it was stored with: FNV-1a, checked with its published vectors', () => {
  assert.deepEqual(
    ['', 'a', 'foobar'].map(laneOf),
    [0x811c9dc5, 0xe40c292c, 0xbf9cf968].map((hash) => hash % LANE_COUNT),
  )
  assert.deepEqual(['pi_1', 'ch_3MmlLrLkdIwHu7ix0snN0B15'].map(laneOf), [18, 13])
})

test('keys that differ in their last characters spread over all lanes', () => {
  const counts = new Map<number, number>()
  for (let index = 0; index < 64_000; index++) {
    const lane = laneOf(`pi_${index}`)
    counts.set(lane, (counts.get(lane) ?? 0) + 1)
  }
  assert.equal(counts.size, LANE_COUNT)
  for (const count of counts.values()) assert.ok(count > 700 && count < 1300, `${count}`)
})
