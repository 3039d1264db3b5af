import assert from 'node:assert/strict'
import test from 'node:test'
import type { Cache } from './cache.ts'
import { type CallerReading, openRecentCallers } from './recent-callers.ts'

const caller = {
  merchantId: 'mer_00000000000000000000000001',
  livemode: true,
  apiKeyId: 'key_00000000000000000000000001',
} as const
const digest = Buffer.alloc(32, 7)

/** A layer that keeps everything for ever, so that only what is in an entry can end it. */
function openLayer() {
  const entries = new Map<string, Buffer>()
  const cache: Cache = {
    get: async (name) => {
      const value = entries.get(name)
      return value === undefined ? { outcome: 'miss' } : { outcome: 'hit', value }
    },
    set: async (name, value) => entries.set(name, value).size > 0,
    delete: async (name) => entries.delete(name) || true,
  }
  return { entries, cache }
}

/** Two stages that are given one time and one layer are two processes of one installation. */
function openStage(
  time = { nowMs: 0, databaseMs: 1_000_000 },
  layer: ReturnType<typeof openLayer> = openLayer(),
) {
  const results: string[] = []
  let readCount = 0
  const recent = openRecentCallers({
    layers: [{ name: 'layer', cache: layer.cache }],
    nowMs: () => time.nowMs,
    onResult: (_, result) => results.push(result),
  })
  const read = async (): Promise<CallerReading> => {
    readCount += 1
    return { caller, databaseMs: time.databaseMs + time.nowMs }
  }
  return { time, layer, results, recent, read, readCount: () => readCount }
}

test('the ten seconds begin before the database is asked, however long it takes to answer', async () => {
  const { time, recent, read, readCount } = openStage()
  const slow = async () => {
    const answer = await read()
    time.nowMs += 4_000
    return answer
  }
  await recent.find(digest, slow)
  time.nowMs = 5_999
  await recent.find(digest, read)
  assert.equal(readCount(), 1)
  time.nowMs = 10_000
  await recent.find(digest, read)
  assert.equal(readCount(), 2)
})

test('a slow read is as old as its question, also for a process that knows the time exactly', async () => {
  const slow = openStage()
  const exact = openStage(slow.time, slow.layer)
  await slow.recent.find(digest, () => {
    slow.time.nowMs = 4_000
    return slow.read()
  })
  await exact.recent.find(Buffer.alloc(32, 8), exact.read)
  slow.time.nowMs = 9_999
  await exact.recent.find(digest, exact.read)
  assert.equal(exact.readCount(), 1)
  slow.time.nowMs = 10_000
  await exact.recent.find(digest, exact.read)
  assert.equal(exact.readCount(), 2)
})

test('a process that has not seen the database clock for a minute believes no entry', async () => {
  for (const [idleMs, readCount] of [
    [59_999, 1],
    [60_000, 2],
  ] as const) {
    const busy = openStage()
    const idle = openStage(busy.time, busy.layer)
    await idle.recent.find(Buffer.alloc(32, 8), idle.read)
    busy.time.nowMs = idleMs
    await busy.recent.find(digest, busy.read)
    await idle.recent.find(digest, idle.read)
    assert.equal(idle.readCount(), readCount)
  }
})

test('an entry from before the database clock was set back is not believed', async () => {
  const { time, results, recent, read, readCount } = openStage()
  await recent.find(digest, read)
  time.databaseMs -= 3_600_000
  await recent.find(Buffer.alloc(32, 8), read)
  await recent.find(digest, read)
  assert.equal(readCount(), 3)
  assert.deepEqual(results, ['kept', 'miss', 'kept', 'stale', 'kept'])
})

test('what is not the entry of a caller is refused', async () => {
  const { layer, results, recent, read, readCount } = openStage()
  await recent.find(digest, read)
  const [name = ''] = layer.entries.keys()
  const good = JSON.parse(String(layer.entries.get(name)))
  const bad = [
    '',
    'null',
    '[]',
    '{}',
    '7',
    ...Object.keys(good).map((field) => JSON.stringify({ ...good, [field]: 'x' })),
  ]
  for (const text of bad) {
    layer.entries.set(name, Buffer.from(text))
    assert.deepEqual(await recent.find(digest, read), caller)
  }
  assert.equal(readCount(), 1 + bad.length)
  assert.equal(results.filter((result) => result === 'refused').length, bad.length)
})

test('nobody is remembered whom the database does not know', async () => {
  const { layer, recent } = openStage()
  assert.equal(await recent.find(digest, async () => undefined), undefined)
  assert.equal(layer.entries.size, 0)
})

test('an error of the database is the answer, and is not remembered', async () => {
  const { recent, read } = openStage()
  await assert.rejects(
    recent.find(digest, () => Promise.reject(new Error('away'))),
    /away/,
  )
  assert.deepEqual(await recent.find(digest, read), caller)
})
