/** API instances that share one Redis: what it saves, and what nobody can do through it. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, type TestContext, test } from 'node:test'
import { createApiKey } from '../../src/access/api-keys.ts'
import { digestOf } from '../../src/access/key-text.ts'
import { sealCache } from '../../src/cache/sealed-cache.ts'
import { ensureInstallationSecret } from '../../src/store/installation-secrets.ts'
import { openIdSource } from '../../src/store/new-id.ts'
import { type CallerInstance, openCallerInstance } from '../support/caller-instance.ts'
import { eventually } from '../support/eventually.ts'
import { merchantId, openInbox } from '../support/inbox.ts'
import { openTestRedis, type TestRedis } from '../support/redis.ts'

let inbox: Awaited<ReturnType<typeof openInbox>>
let redis: TestRedis | string
let secret: Buffer
const newId = openIdSource()
before(async () => {
  redis = await openTestRedis()
  inbox = await openInbox()
  secret = await ensureInstallationSecret(inbox.database, 'cache_seal')
})
after(async () => {
  if (typeof redis === 'object') await redis.close()
  await inbox[Symbol.asyncDispose]()
})

const createKey = (livemode = false) =>
  inbox.database.transaction((tx) => createApiKey(tx, newId, { merchantId, livemode }))
const revoke = (id: string) =>
  inbox.database.query({
    name: 'test_revoke',
    text: 'update api_keys set revoked_at = payonce_clock() where id = $1',
    values: [id],
  })

type Stage = {
  redis: TestRedis
  /** an instance that knows the database's time, as any has after its first request */
  open: (options?: { nowMs?: () => number; secret?: Buffer }) => Promise<CallerInstance>
  /** every entry in Redis, once there are so many */
  entries: (count: number) => Promise<string[]>
}

/** A test with a Redis of its own content; skipped by name where there is no Redis. */
function promise(name: string, keep: (stage: Stage) => Promise<void>): void {
  test(name, async (t: TestContext) => {
    if (typeof redis === 'string') return t.skip(redis)
    const shared = redis
    await shared.wipe()
    const open: Stage['open'] = async (options = {}) => {
      const instance = openCallerInstance({
        ...shared,
        database: inbox.database,
        secret,
        // A loaded machine is not what is looked at here.
        answerMsMax: 10_000,
        ...options,
      })
      t.after(instance.close)
      await eventually(
        async () => instance.health(),
        ({ ok }) => ok,
        10_000,
      )
      const { keyText } = await createKey()
      await instance.call(keyText)
      await eventually(
        async () => instance.countOf('redis kept'),
        (count) => count === 1,
        10_000,
      )
      await shared.wipe()
      return instance
    }
    const entries = (count: number) =>
      eventually(
        () => shared.client.keys(`${shared.namespace}*`),
        (keys) => keys.length === count,
        10_000,
      )
    await keep({ redis: shared, open, entries })
  })
}

promise('a key that one instance has looked up costs another no read', async (stage) => {
  const [one, other] = [await stage.open(), await stage.open()]
  const { id, keyText } = await createKey(true)
  assert.equal((await one.call(keyText))?.apiKeyId, id)
  await stage.entries(1)
  const asked = other.askedCount()
  const expected = { merchantId, livemode: true, apiKeyId: id }
  assert.deepEqual(await other.call(keyText), expected)
  assert.deepEqual(await other.call(keyText), expected)
  assert.equal(other.askedCount(), asked)
  assert.equal(other.countOf('redis hit'), 1)
  assert.equal(other.countOf('memory hit'), 1)
})

promise('a revoked key is dead ten seconds after the read, in every layer', async (stage) => {
  // Clocks of two machines that have nothing in common but their pace.
  let passedMs = 0
  const clock = (startMs: number) => () => startMs + passedMs + performance.now()
  const one = await stage.open({ nowMs: clock(0) })
  const other = await stage.open({ nowMs: clock(7_000_000) })
  const late = await stage.open({ nowMs: clock(300) })
  const { id, keyText } = await createKey()
  assert.ok(await one.call(keyText))
  const [entry = ''] = await stage.entries(1)
  await stage.redis.client.persist(entry)
  await revoke(id)
  // From Redis, when half of the ten seconds is over; it gets the rest and not ten more.
  passedMs = 5_000
  assert.ok(await other.call(keyText))
  assert.equal(other.countOf('redis hit'), 1)
  passedMs = 10_000
  // Redis still has the entry: its own deadline ends it.
  assert.equal(await late.call(keyText), undefined)
  assert.equal(late.countOf('redis stale'), 1)
  assert.equal(await one.call(keyText), undefined)
  assert.equal(await other.call(keyText), undefined)
})

promise('an instance that does not know the time believes no entry', async (stage) => {
  let nowMs = 0
  const one = await stage.open()
  const idle = await stage.open({ nowMs: () => nowMs })
  const { keyText } = await createKey()
  await one.call(keyText)
  await stage.entries(1)
  nowMs = 60_000
  const asked = idle.askedCount()
  assert.ok(await idle.call(keyText))
  assert.equal(idle.askedCount(), asked + 1)
  assert.equal(idle.countOf('redis hit'), 0)
})

promise('who writes to Redis cannot make a caller, nor change or move one', async (stage) => {
  const { client, namespace } = stage.redis
  const [one, other] = [await stage.open(), await stage.open()]
  const [test, live] = [await createKey(false), await createKey(true)]
  await one.call(test.keyText)
  const [testEntry = ''] = await stage.entries(1)
  await one.call(live.keyText)
  const both = await stage.entries(2)
  const liveEntry = both.find((key) => key !== testEntry) ?? ''
  const value = (await client.getBuffer(testEntry)) ?? Buffer.alloc(0)
  // The entry of one key under the name of another.
  await client.set(liveEntry, value)
  // The same entry, made live.
  const changed = Buffer.from(value.toString('latin1').replace('false', 'true '), 'latin1')
  assert.equal(changed.length, value.length)
  await client.set(testEntry, changed)
  assert.equal((await other.call(test.keyText))?.livemode, false)
  assert.equal((await other.call(live.keyText))?.livemode, true)
  assert.equal(other.countOf('redis refused'), 2)

  // A key nobody ever made, under the name and the secret its writer can think of.
  const forged = `payonce_live_${'f'.repeat(43)}`
  const entry = { merchantId, livemode: true, apiKeyId: live.id, deadlineMs: Date.now() + 5_000 }
  const json = Buffer.from(JSON.stringify(entry))
  const set = (name: string, bytes: Buffer) =>
    client.set(namespace + name, Buffer.concat([Buffer.of(1), bytes])).then(() => true)
  const name = digestOf(forged).toString('base64url')
  await set(name, json)
  for (const guess of [Buffer.alloc(32), randomBytes(32), Buffer.from('payonce')]) {
    const store = { set, get: () => assert.fail(), delete: () => assert.fail() }
    await sealCache(store, guess).set(name, json, 1)
  }
  assert.equal(await other.call(forged), undefined)
})

promise('an old entry put back after its time opens nothing', async (stage) => {
  const { client } = stage.redis
  let passedMs = 0
  const one = await stage.open()
  const other = await stage.open({ nowMs: () => passedMs + performance.now() })
  const { id, keyText } = await createKey()
  await one.call(keyText)
  const [entry = ''] = await stage.entries(1)
  await client.persist(entry)
  await revoke(id)
  passedMs = 10_000
  assert.equal(await other.call(keyText), undefined)
  assert.equal(other.countOf('redis stale'), 1)
})

promise('two installations with one name on one Redis do not read each other', async (stage) => {
  const [ours, theirs] = [await stage.open(), await stage.open({ secret: randomBytes(32) })]
  const { keyText } = await createKey()
  await theirs.call(keyText)
  await stage.entries(1)
  const asked = ours.askedCount()
  assert.ok(await ours.call(keyText))
  assert.equal(ours.askedCount(), asked + 1)
  assert.equal(ours.countOf('redis hit'), 0)
})

promise('Redis holds no key and no digest, and every entry ends by itself', async (stage) => {
  const { client } = stage.redis
  const one = await stage.open()
  const { keyText } = await createKey()
  await one.call(keyText)
  const [entry = ''] = await stage.entries(1)
  const seen = `${entry} ${(await client.getBuffer(entry))?.toString('latin1')}`
  const digest = digestOf(keyText)
  const secrets = [keyText.slice(21), digest.toString('latin1'), secret.toString('latin1')]
  for (const encoding of ['hex', 'base64', 'base64url'] as const) {
    secrets.push(digest.toString(encoding), secret.toString(encoding))
  }
  assert.deepEqual(
    secrets.filter((text) => seen.includes(text)),
    [],
  )
  const ttlMs = await client.pttl(entry)
  assert.ok(ttlMs > 0 && ttlMs <= 10_000, `${ttlMs}`)
})

promise('a wiped Redis and one full of garbage cost a read and nothing else', async (stage) => {
  const { client, wipe } = stage.redis
  const { id, keyText } = await createKey()
  const first = await stage.open()
  await first.call(keyText)
  const [entry = ''] = await stage.entries(1)
  const garbage: Array<[result: string, put: () => Promise<unknown>]> = [
    ['redis miss', wipe],
    ['redis refused', () => client.set(entry, randomBytes(200))],
    ['redis refused', () => client.set(entry, Buffer.of(1))],
    ['redis refused', () => client.set(entry, Buffer.concat([Buffer.of(1), randomBytes(150)]))],
    ['redis refused', () => client.setrange(entry, 5_000_000, 'x')],
    ['redis refused', () => client.del(entry).then(() => client.lpush(entry, 'a', 'b'))],
  ]
  const instances = await Promise.all(garbage.map(() => stage.open()))
  for (const [index, [result, put]] of garbage.entries()) {
    const instance = instances[index] ?? first
    await put()
    assert.equal((await instance.call(keyText))?.apiKeyId, id)
    assert.equal(instance.countOf(result), 1, `${index}`)
    // What was there has been replaced by a good entry.
    await eventually(
      async () => instance.countOf('redis kept'),
      (count) => count === 2,
      10_000,
    )
    assert.equal(await client.type(entry), 'string')
    assert.deepEqual(instance.changes, [])
  }
})

test('processes that start together agree on one secret', async () => {
  const secrets = await Promise.all(
    Array.from({ length: 5 }, () => ensureInstallationSecret(inbox.database, 'cache_seal')),
  )
  assert.equal(new Set(secrets.map((bytes) => bytes.toString('hex'))).size, 1)
})
