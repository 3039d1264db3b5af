/** The Redis of remembered answers away, or older than the database: one charge, and the answer of the database. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, type TestContext, test } from 'node:test'
import { openSandbox } from '../../sandbox/sandbox.ts'
import {
  type AnswerInstances,
  assertReplay,
  newKey,
  openAnswerInstances,
} from '../support/answer-instances.ts'
import { createTestDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { type Fault, openFaultProxy } from '../support/fault-proxy.ts'
import { type Answer, charge, openPaymentsApp } from '../support/payments-app.ts'
import type { TestRedis } from '../support/redis.ts'
import { dropDatabase, runSql, urlOfDatabase } from '../support/test-server.ts'

let stage: AnswerInstances
before(async () => {
  stage = await openAnswerInstances()
})
after(() => stage[Symbol.asyncDispose]())

/** A test with a Redis; skipped by name where there is none. */
function promise(name: string, keep: (of: TestRedis, t: TestContext) => Promise<void>): void {
  test(name, async (t) => {
    const { redis } = stage
    if (typeof redis === 'string') return t.skip(redis)
    await stage.wipe()
    await keep(redis, t)
  })
}

for (const fault of ['refuse', 'reset', 'blackHole', 'slow', 'garbage'] satisfies Fault[]) {
  promise(`Redis that is away (${fault}) changes no answer and no charge`, async (of, t) => {
    const proxy = await openFaultProxy(of.address)
    t.after(proxy.close)
    const address = new URL(of.url)
    address.host = `127.0.0.1:${proxy.port}`
    await using behind = await openPaymentsApp({
      ...{
        role: 'api',
        webhooks: false,
        databaseUrl: stage.app.databaseUrl,
        sandbox: stage.app.sandbox,
      },
      environment: { ...stage.environment, REDIS_URL: address.href },
    })
    await eventually(
      async () => (await behind.get('/ready')).body.checks.redis.ok,
      (ok) => ok === true,
      20_000,
    )
    await proxy.setFault(fault)
    const key = newKey()
    const first = await behind.post('/payments', charge, { key })
    assert.equal(first.body.status, 'succeeded', first.text)
    assertReplay(await behind.post('/payments', charge, { key }), first)
    assertReplay(await stage.app.post('/payments', charge, { key }), first)
    // A key that only the other instance used, asked for through what is left of Redis.
    const theirs = newKey()
    const made = await stage.app.post('/payments', charge, { key: theirs })
    assertReplay(await behind.post('/payments', charge, { key: theirs }), made)
    for (const one of [first, made]) await stage.assertChargedOnce(one)
  })
}

promise('a database restored to before an answer does not get it from Redis', async () => {
  await using original = await createTestDatabase()
  await using sandbox = await openSandbox({ seed: 7, report: () => {} })
  const shared = {
    databaseUrl: original.url,
    sandbox,
    webhooks: false,
    environment: stage.environment,
  }
  // The first start makes the merchant; what the backup holds is as of then.
  await (await openPaymentsApp(shared))[Symbol.asyncDispose]()
  const name = `test_${randomBytes(8).toString('hex')}`
  const template = new URL(original.url).pathname.slice(1)
  const serverUrl = urlOfDatabase(original.url, 'postgres')
  await runSql(serverUrl, `create database ${name} template ${template}`)
  try {
    const key = newKey()
    let lost: Answer
    {
      await using before = await openPaymentsApp(shared)
      lost = await before.post('/payments', charge, { key })
      assert.equal(lost.body.status, 'succeeded')
      await eventually(
        () => stage.entries(),
        ({ length }) => length === 1,
        10_000,
      )
    }
    await using restored = await openPaymentsApp({
      ...shared,
      databaseUrl: urlOfDatabase(original.url, name),
    })
    const again = await restored.post('/payments', charge, { key })
    assert.equal(again.headers.get('idempotency-replayed'), null)
    assert.equal(again.body.stripe_payment_intent_id, lost.body.stripe_payment_intent_id)
    assert.deepEqual(await restored.sql('select id from payments'), [{ id: again.body.id }])
    const { charges } = await restored.effects()
    assert.equal(charges.length, 1)
  } finally {
    await dropDatabase(serverUrl, name)
  }
})
