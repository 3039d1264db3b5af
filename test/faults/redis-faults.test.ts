/** Redis away in every way it can be: callers are still told apart rightly, and a dead Redis is not asked. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, type TestContext, test } from 'node:test'
import { createApiKey } from '../../src/access/api-keys.ts'
import { openRedisCache } from '../../src/cache/redis-cache.ts'
import { openRedisConnection } from '../../src/cache/redis-connection.ts'
import { openIdSource } from '../../src/store/new-id.ts'
import { type CallerInstance, openCallerInstance } from '../support/caller-instance.ts'
import { eventually } from '../support/eventually.ts'
import { type Fault, type FaultProxy, openFaultProxy } from '../support/fault-proxy.ts'
import { merchantId, openInbox } from '../support/inbox.ts'
import { openTestRedis, type TestRedis } from '../support/redis.ts'

let inbox: Awaited<ReturnType<typeof openInbox>>
let redis: TestRedis | string
const secret = randomBytes(32)
const newId = openIdSource()
before(async () => {
  redis = await openTestRedis()
  inbox = await openInbox()
})
after(async () => {
  if (typeof redis === 'object') await redis.close()
  await inbox[Symbol.asyncDispose]()
})

type Stage = {
  redis: TestRedis
  proxy: FaultProxy
  open(): CallerInstance
  createKeys(count: number): Promise<Array<{ id: string; keyText: string }>>
}

function promise(name: string, keep: (stage: Stage) => Promise<void>): void {
  test(name, async (t: TestContext) => {
    if (typeof redis === 'string') return t.skip(redis)
    const direct = redis
    const proxy = await openFaultProxy(direct.address)
    t.after(proxy.close)
    const open = () => {
      const address = { ...direct.address, host: '127.0.0.1', port: proxy.port }
      const instance = openCallerInstance({
        ...direct,
        address,
        secret,
        database: inbox.database,
      })
      t.after(instance.close)
      return instance
    }
    const createKeys = (count: number) =>
      inbox.database.transaction(async (tx) => {
        const keys = []
        for (let index = 0; index < count; index++) {
          keys.push(await createApiKey(tx, newId, { merchantId, livemode: index % 2 === 0 }))
        }
        return keys
      })
    await keep({ redis: direct, proxy, open, createKeys })
  })
}

const becomes = (instance: CallerInstance, ok: boolean) =>
  eventually(
    async () => instance.health(),
    (health) => health.ok === ok,
    20_000,
  )

/** Works again: an entry arrives in Redis. On a loaded machine some answers are late, so it may take several. */
async function keepsEntries(instance: CallerInstance, stage: Stage): Promise<void> {
  const before = instance.countOf('redis kept')
  await eventually(
    async () => {
      const [key] = await stage.createKeys(1)
      await instance.call(key?.keyText ?? '')
      return instance.countOf('redis kept')
    },
    (count) => count > before,
    20_000,
  )
}

async function callAll(instance: CallerInstance, stage: Stage, count: number): Promise<void> {
  for (const { id, keyText } of await stage.createKeys(count)) {
    assert.equal((await instance.call(keyText))?.apiKeyId, id)
    const forged = `${keyText.slice(0, -1)}${keyText.endsWith('a') ? 'b' : 'a'}`
    assert.equal(await instance.call(forged), undefined)
  }
}

promise(
  'Redis that is away at the start is gone without, and used once it is there',
  async (stage) => {
    await stage.proxy.setFault('refuse')
    const instance = stage.open()
    await callAll(instance, stage, 5)
    await eventually(
      async () => instance.changes,
      (changes) => changes.length === 1,
      20_000,
    )
    assert.deepEqual(instance.changes, [{ ok: false, detail: 'ECONNREFUSED' }])
    assert.ok(instance.countOf('redis skipped') > 0)
    assert.equal(instance.countOf('redis away'), 0)
    await stage.proxy.setFault('pass')
    await becomes(instance, true)
    assert.deepEqual(instance.changes[1], { ok: true, detail: 'answers' })
    await keepsEntries(instance, stage)
  },
)

const faults: Fault[] = ['refuse', 'reset', 'blackHole', 'slow', 'garbage']
for (const fault of faults) {
  promise(
    `Redis that goes away midway (${fault}) is asked no more until it is back`,
    async (stage) => {
      const instance = stage.open()
      await becomes(instance, true)
      await keepsEntries(instance, stage)
      await stage.proxy.setFault(fault)
      // However it fails, every caller is told apart rightly; after a few tries Redis is not asked.
      await eventually(
        () => callAll(instance, stage, 2).then(async () => instance.health()),
        ({ ok }) => !ok,
        20_000,
      )
      const away = instance.countOf('redis away')
      const skipped = instance.countOf('redis skipped')
      await callAll(instance, stage, 10)
      assert.equal(instance.countOf('redis away'), away)
      assert.equal(instance.countOf('redis skipped'), skipped + 20)
      assert.equal(instance.changes.at(-1)?.ok, false)
      await stage.proxy.setFault('pass')
      await becomes(instance, true)
      await keepsEntries(instance, stage)
      await callAll(instance, stage, 3)
    },
  )
}

promise('a fault is told once when it begins and once when it ends', async (stage) => {
  const instance = stage.open()
  await becomes(instance, true)
  const told = instance.changes.length
  await stage.proxy.setFault('refuse')
  await becomes(instance, false)
  // Several probes fail meanwhile; none of them is news.
  const probes = stage.proxy.connectionCount
  await stage.proxy.setFault('reset')
  const seen = probes()
  await eventually(
    async () => probes(),
    (count) => count >= seen + 3,
    20_000,
  )
  await stage.proxy.setFault('pass')
  await becomes(instance, true)
  assert.deepEqual(
    instance.changes.slice(told).map(({ ok }) => ok),
    [false, true],
  )
})

promise('a flood on a Redis that is stuck holds a bounded number of questions', async (stage) => {
  const connection = openRedisConnection({
    address: { ...stage.redis.address, host: '127.0.0.1', port: stage.proxy.port },
    onChange: () => {},
  })
  try {
    await eventually(
      async () => connection.health(),
      ({ ok }) => ok,
      20_000,
    )
    await stage.proxy.setFault('blackHole')
    const cache = openRedisCache({ connection, namespace: stage.redis.namespace })
    const answers = await Promise.all(
      Array.from({ length: 1_500 }, (_, index) => cache.get(`${index}`)),
    )
    const count = (outcome: string) => answers.filter((answer) => answer.outcome === outcome).length
    assert.deepEqual([count('away'), count('skipped')], [1_000, 500])
  } finally {
    await connection.close()
  }
})

promise('a wrong password is told by its code and shows nothing of itself', async (stage) => {
  const changes: object[] = []
  const connection = openRedisConnection({
    address: { ...stage.redis.address, username: 'default', password: 'hunter2-is-wrong' },
    onChange: (change) => changes.push(change),
  })
  try {
    await eventually(
      async () => connection.health(),
      ({ detail }) => detail === 'WRONGPASS',
      20_000,
    )
    assert.doesNotMatch(JSON.stringify([changes, connection.health()]), /hunter2/)
    assert.equal(connection.health().ok, false)
    assert.equal(changes.length, 1)
  } finally {
    await connection.close()
  }
})
