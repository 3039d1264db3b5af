import assert from 'node:assert/strict'
import test from 'node:test'
import { createCircuitBreaker } from './circuit-breaker.ts'
import { guardPayments } from './guard-payments.ts'
import type { ProviderAnswer, ProviderPayments, Sending } from './provider.ts'

const fail = async () => {
  throw new Error('no')
}

test('it starts closed, opens after failures in a row, and one good call closes it', async (t) => {
  t.mock.timers.enable({ apis: ['Date'] })
  let nowMs = 0
  const breaker = createCircuitBreaker({ nowMs: () => nowMs, failuresMax: 3, openMs: 100 })
  assert.deepEqual([breaker.state, breaker.failureCount], ['CLOSED', 0])
  await assert.rejects(breaker.execute(fail), /no/)
  await breaker.recordFailure()
  assert.equal(breaker.failureCount, 2)
  await breaker.recordSuccess()
  assert.equal(breaker.failureCount, 0)
  for (let n = 0; n < 3; n++) await breaker.recordFailure()
  assert.equal(breaker.state, 'OPEN')
  assert.equal(breaker.shouldRun(), false)
  await breaker.recordFailure()
  await breaker.recordSuccess()
  assert.equal(breaker.state, 'OPEN', 'what is not let through decides nothing')
  await assert.rejects(
    breaker.execute(async () => 'never'),
    /circuit/i,
  )

  nowMs = 100
  t.mock.timers.tick(100)
  assert.equal(breaker.shouldRun(), true)
  const half = breaker.execute(async () => {
    assert.equal(breaker.state, 'HALF_OPEN')
    assert.equal(breaker.shouldRun(), false, 'one call decides')
    return 'good'
  })
  assert.equal(await half, 'good')
  assert.equal(breaker.state, 'CLOSED')
})

test('silence opens it, declines do not, and an open one puts requests off', async () => {
  let answer: ProviderAnswer = { outcome: 'refused', error: {} as never }
  const payments = { send: async () => answer } as unknown as ProviderPayments
  const breaker = createCircuitBreaker({ nowMs: () => 0, failuresMax: 2, openMs: 60_000 })
  const guarded = guardPayments(payments, breaker)
  const send = () => guarded.send({} as Sending)
  for (let n = 0; n < 5; n++) assert.equal((await send()).outcome, 'refused')
  answer = { outcome: 'unknown', reason: 'answer_mismatch' }
  for (let n = 0; n < 5; n++) await send()
  answer = { outcome: 'unsent', retryAfterSeconds: 9 }
  for (let n = 0; n < 5; n++) await send()
  assert.equal(guarded.isAvailable(), true)
  answer = { outcome: 'unknown', reason: 'no_answer' }
  assert.deepEqual(await send(), answer)
  answer = { outcome: 'unsent', retryAfterSeconds: 9, isUnreachable: true }
  assert.deepEqual(await send(), answer)
  assert.equal(guarded.isAvailable(), false)
  assert.deepEqual(await send(), { outcome: 'unsent', retryAfterSeconds: 1 })
})
