/** API instances that remember answers, in memory and in a Redis they share: what it saves, and what it cannot change. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, type TestContext, test } from 'node:test'
import {
  type AnswerInstances,
  assertReplay,
  newKey,
  openAnswerInstances,
} from '../support/answer-instances.ts'
import { eventually } from '../support/eventually.ts'
import { charge } from '../support/payments-app.ts'
import type { TestRedis } from '../support/redis.ts'

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

test('a repeat at the same instance costs no statement, and another request under its key is refused', async () => {
  const instance = stage.first
  const key = newKey()
  const first = await stage.app.post('/payments', charge, { key })
  const [hitsBefore, replaysBefore] = [await instance.hits(), await instance.replays()]
  const statements = await instance.statementsOf(async () => {
    assertReplay(await instance.post('/payments', charge, { key }), first)
    const other = await instance.post('/payments', { ...charge, amount_cents: 1 }, { key })
    assert.equal(other.status, 422)
    assert.equal(other.body.code, 'idempotency_key_reused_with_different_request')
  })
  assert.deepEqual(statements, [])
  assert.equal(await instance.hits(), hitsBefore + 1)
  assert.equal(await instance.replays(), replaysBefore + 1)
})

promise('a key used on one instance is recognized on another without the database', async () => {
  const other = await stage.openInstance()
  // A late answer of Redis is none, so on a loaded machine the first key may not tell.
  for (let repeat = 0; ; repeat++) {
    const { key, first } = await stage.pay()
    const known = await other.hits()
    const statements = await other.statementsOf(async () => {
      const refused = await other.post('/payments', { ...charge, currency: 'EUR' }, { key })
      assert.equal(refused.body.code, 'idempotency_key_reused_with_different_request')
      assertReplay(await other.post('/payments', charge, { key }), first)
    })
    await stage.assertChargedOnce(first)
    if ((await other.results('redis', 'hit')) > 0 && statements.length === 0) {
      assert.equal(await other.hits(), known + 1)
      return
    }
    assert.ok(repeat < 10, `still asks the database: ${statements}`)
  }
})

promise('confirm, capture, cancel and refund are recognized as well', async () => {
  const other = await stage.openInstance()
  const create = (body: object) =>
    stage.app.post('/payments', { ...charge, ...body }, { key: newKey() })
  const waiting = await create({ confirm: false })
  const held = await create({ capture_method: 'manual' })
  const released = await create({ capture_method: 'manual' })
  for (const [{ body }, step] of [
    [waiting, 'confirm'],
    [held, 'capture'],
    [released, 'cancel'],
    [held, 'refund'],
  ] as const) {
    const key = newKey()
    const path = `/payments/${body.id}/${step}`
    const first = await stage.app.post(path, {}, { key })
    assert.equal(first.status, 200, first.text)
    for (const instance of [stage.first, other]) {
      const repeat = await instance.post(path, {}, { key })
      assert.equal(repeat.text, first.text)
      assert.equal(repeat.headers.get('idempotency-replayed'), 'true')
    }
  }
})

promise(
  'a lost entry and a wiped Redis allow no second charge: the database answers',
  async (of) => {
    for (const lose of [
      ({ entry }: { entry: string }) => of.client.unlink(entry),
      () => stage.wipe(),
    ]) {
      const [other, third] = [await stage.openInstance(), await stage.openInstance()]
      const made = await stage.pay()
      await lose(made)
      const statements = await other.statementsOf(async () => {
        assertReplay(await other.post('/payments', charge, { key: made.key }), made.first)
      })
      assert.ok(statements.includes('idempotency_keys_find'), `${statements}`)
      assert.equal(await other.hits(), 0)
      assert.equal(await other.replays(), 1)
      await stage.assertChargedOnce(made.first)
      // What the database said is remembered again.
      assert.equal(await other.results('memory', 'kept'), 1)
      assertReplay(await other.post('/payments', charge, { key: made.key }), made.first)
      assert.equal(await other.hits(), 1)
      assertReplay(await third.post('/payments', charge, { key: made.key }), made.first)
      await stage.assertChargedOnce(made.first)
    }
  },
)

promise('who writes to Redis cannot make an answer, nor change or move one', async (of) => {
  const { client } = of
  const made = await stage.pay()
  const bytes = (await client.getBuffer(made.entry)) ?? Buffer.alloc(0)
  const flipped = (index: number) => {
    const copy = Buffer.from(bytes)
    copy[index] = (copy[index] ?? 0) ^ 1
    return copy
  }
  const moved = await stage.pay({ ...charge, amount_cents: 5000 })
  const forgeries = [
    (await client.getBuffer(moved.entry)) ?? '',
    ...[flipped(1), flipped(20), flipped(60), flipped(bytes.length - 1)],
    ...[bytes.subarray(0, -1), bytes.subarray(0, 20), Buffer.of(1), randomBytes(500)],
    Buffer.concat([Buffer.of(1), randomBytes(500)]),
  ]
  const instance = await stage.openInstance()
  let refused = 0
  for (const forgery of forgeries) {
    // Each under a name that this instance does not have in its memory yet.
    const { key, first, entry } = await stage.pay()
    await client.set(entry, forgery)
    assertReplay(await instance.post('/payments', charge, { key }), first)
    await stage.assertChargedOnce(first)
    refused += 1
  }
  const seen = await instance.results('redis', 'refused')
  // Late answers of Redis are not looked at.
  assert.equal(seen + (await instance.results('redis', 'away')), refused)
  assert.ok(seen > 0)
  assert.equal(await instance.hits(), 0)
})

promise(
  'who reads Redis learns nothing of a payment, and every entry ends by itself',
  async (of) => {
    const { client } = of
    const { key, first, entry } = await stage.pay({
      ...charge,
      user_id: 'user-canary',
      description: 'description-canary',
      metadata: { note: 'metadata-canary' },
      payment_method: 'pm_card_authenticationRequired',
      return_url: 'https://shop.example/return-canary',
    })
    const {
      next_action: nextAction,
      id,
      stripe_payment_intent_id: intent,
      merchant_id,
    } = first.body
    assert.match(nextAction.url, /^http/)
    const seen = `${entry} ${(await client.getBuffer(entry))?.toString('latin1')}`
    const canaries = [
      'canary',
      'shop.example',
      nextAction.url,
      key,
      id,
      intent,
      merchant_id,
      'amount',
    ]
    assert.deepEqual(
      canaries.filter((text) => seen.includes(text)),
      [],
    )
    const ttlMs = await client.pttl(entry)
    assert.ok(ttlMs > 0 && ttlMs <= 3_600_000, `${ttlMs}`)
  },
)

promise('what is not known yet, old or without a key of the caller is not remembered', async () => {
  const instance = stage.first
  const keptCount = async () => instance.results('memory', 'kept')
  const before = await keptCount()
  assert.equal((await stage.app.post('/payments', charge)).status, 201)
  assert.equal(
    (await stage.app.post('/payments', { ...charge, amount_cents: 0 }, { key: newKey() })).status,
    400,
  )
  await stage.app.fault({ operation: 'payment_intents.create', mode: 'timeout_after' })
  const key = newKey()
  const unknown = await stage.app.post('/payments', charge, { key })
  assert.equal(unknown.status, 202, unknown.text)
  assert.equal(await keptCount(), before)
  assert.deepEqual(await stage.entries(), [])
  // Who finds it out remembers it.
  const known = await eventually(
    () => stage.app.post('/payments', charge, { key }),
    ({ status }) => status === 201,
    20_000,
  )
  assert.equal(known.body.status, 'succeeded')
  assert.equal(await keptCount(), before + 1)

  await stage.wipe()
  await stage.app.sql(
    `update idempotency_keys set settled_at = settled_at - interval '25 hours' where key = $1`,
    [key],
  )
  const other = await stage.openInstance()
  for (let repeat = 0; repeat < 2; repeat++) {
    assertReplay(await other.post('/payments', charge, { key }), known)
  }
  assert.equal(await other.results('memory', 'kept'), 0)
  assert.equal(await other.replays(), 2)
  assert.equal(await other.hits(), 0)
  assert.deepEqual(await stage.entries(), [])
})
