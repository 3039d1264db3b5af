import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkRedis } from './check-redis.ts'

test('a Redis too slow for requests is a warning, since nothing depends on it', () => {
  const judged = (answerMs: number) => checkRedis('redis://a:1/0', { ok: true, answerMs })
  assert.equal(judged(0.4).status, 'ok')
  assert.match(judged(0.4).found, /0\.4 ms/)
  assert.equal(judged(40).status, 'warn')
  assert.match(judged(40).found, /40 ms; a request waits 50 ms/)
  assert.equal(checkRedis('redis://a:1/0', { ok: false, detail: 'NOPERM' }).status, 'warn')
})
