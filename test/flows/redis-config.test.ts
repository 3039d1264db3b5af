/** The whole process with and without REDIS_URL, as an operator sees it. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { createTestDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { openFaultProxy } from '../support/fault-proxy.ts'
import type { Body } from '../support/payments-app.ts'
import { freePort, startPayonce } from '../support/process.ts'
import { openTestRedis } from '../support/redis.ts'

const apiKey = 'payonce_test_redis0123456789abcdefghijklmnop'
const installationId = `redis-test-${process.pid}`

async function startApi(t: TestContext, databaseUrl: string, redisUrl: string) {
  const port = await freePort()
  const api = startPayonce({
    args: ['--role', 'api'],
    environment: {
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      PORT: String(port),
      STRIPE_WEBHOOK_SECRET: 'whsec_redis_0123456789abcdef',
      BOOTSTRAP_API_KEY: apiKey,
      PAYONCE_DATA_DIR: '/nonexistent/never-written',
      APP_ENV: 'production',
      INSTALLATION_ID: installationId,
      LOG_LEVEL: 'info',
    },
  })
  t.after(async () => {
    api.kill('SIGTERM')
    assert.equal(await api.exited, 0, api.output())
  })
  await api.ready
  const ask = (path: string) =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${apiKey}` } })
  const ready = async () => {
    const answer = await ask('/ready')
    return { status: answer.status, body: (await answer.json()) as Body }
  }
  return { ...api, ask, ready }
}

test('an API process says how its Redis is, stays ready without it, and tells each change once', async (t) => {
  const redis = await openTestRedis()
  if (typeof redis === 'string') return t.skip(redis)
  t.after(redis.close)
  const proxy = await openFaultProxy(redis.address)
  t.after(proxy.close)
  const database = await createTestDatabase()
  t.after(() => database[Symbol.asyncDispose]())
  await proxy.setFault('refuse')
  const { username = '', password = '', database: db } = redis.address
  const signIn = username === '' && password === '' ? '' : `${username}:${password}@`
  const url = `redis://${signIn}127.0.0.1:${proxy.port}/${db}`
  const api = await startApi(t, database.url, url)

  const away = await eventually(
    api.ready,
    ({ body }) => body.checks.redis.detail !== 'connecting',
    20_000,
  )
  assert.equal(away.status, 200)
  assert.deepEqual(away.body.degraded, ['redis'])
  assert.deepEqual(away.body.checks.redis, { ok: false, detail: 'ECONNREFUSED' })
  assert.equal((await api.ask('/payments')).status, 200)

  await proxy.setFault('pass')
  const back = await eventually(api.ready, ({ body }) => body.checks.redis.ok, 20_000)
  assert.deepEqual([back.status, back.body.status, back.body.degraded], [200, 'ready', []])
  const countOf = (text: string) => api.output().split(text).length - 1
  await eventually(
    async () => countOf('redis is back'),
    (count) => count === 1,
    10_000,
  )
  assert.equal(countOf('redis is away'), 1)
  if (password !== '') assert.ok(!api.output().includes(password))
  const metrics = await (await api.ask('/metrics')).text()
  assert.match(metrics, /cache_requests_total\{cache="callers",layer="redis",result="not_kept"\} 1/)
  assert.match(metrics, /cache_requests_total\{cache="callers",layer="memory",result="kept"\} 1/)

  // What a second process reads is kept in Redis, under the installation's name.
  const other = await startApi(t, database.url, url)
  await eventually(other.ready, ({ body }) => body.checks.redis.ok, 20_000)
  assert.equal((await other.ask('/payments')).status, 200)
  const keys = await eventually(
    () => redis.client.keys(`payonce:${installationId}:callers:*`),
    ({ length }) => length === 1,
    20_000,
  )
  await redis.client.unlink(keys)
})

test('without REDIS_URL its client is not even loaded', async () => {
  const script = `
    import { createRequire } from 'node:module'
    import { openCaches } from ${JSON.stringify(resolve(import.meta.dirname, '../../src/app/caches.ts'))}
    await import(${JSON.stringify(resolve(import.meta.dirname, '../../src/main.ts'))})
    const opened = await openCaches({ config: { redis: [] }, metrics: {} })
    if (opened.redisHealth !== undefined) throw new Error('there is a Redis')
    const loaded = Object.keys(createRequire(import.meta.url).cache)
    if (!loaded.some((path) => path.includes('/node_modules/pg/'))) throw new Error('nothing is seen')
    console.log(loaded.filter((path) => path.includes('/ioredis/')).length)`
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    script,
  ])
  assert.equal(stdout.trim(), '0')
})
