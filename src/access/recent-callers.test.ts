import assert from 'node:assert/strict'
import test from 'node:test'
import { openRecentCallers } from './recent-callers.ts'

test('who calls is remembered within a bound, the newest first', () => {
  const recent = openRecentCallers<number>(() => 0)
  for (let caller = 0; caller < 5_000; caller++) recent.keep(`key ${caller}`, caller)
  const kept = Array.from({ length: 5_000 }, (_, caller) => recent.find(`key ${caller}`)).filter(
    (caller) => caller !== undefined,
  )
  assert.equal(kept.length, 1_000)
  assert.equal(kept[0], 4_000)
})
