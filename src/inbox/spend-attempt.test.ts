import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type RetryPolicy, retryDelaySeconds } from './spend-attempt.ts'

const policy: RetryPolicy = {
  countMax: 5,
  immediateCount: 1,
  baseSeconds: 2,
  delaySecondsMax: 3600,
  jitterRatio: 0.2,
}

test('retry n waits 2^n seconds without jitter, and never more than an hour', () => {
  const exact = { ...policy, jitterRatio: 0 }
  const delays = [1, 2, 3, 4, 5, 11, 12, 60].map((attempt) =>
    retryDelaySeconds(attempt, exact, 0.5),
  )
  assert.deepEqual(delays, [2, 4, 8, 16, 32, 2048, 3600, 3600])
})

test('jitter moves a delay by a fifth at most, and never beyond the longest', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), chance, (attempt, drawn) => {
      const exact = Math.min(2 ** attempt, 3600)
      const delay = retryDelaySeconds(attempt, policy, drawn)
      assert.ok(delay >= exact * 0.8 - 1e-9 && delay <= Math.min(exact * 1.2, 3600) + 1e-9)
    }),
  )
})
