import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MerchantId } from '../domain/ids.ts'
import type { RecentAnswer } from '../payments/recent-answers.ts'
import { openMemoryCache } from './memory-cache.ts'
import { openRecentAnswers, RECENT_ANSWER_MS_MAX } from './recent-answers.ts'

const merchantId = 'mer_01jz0000000000000000000001' as MerchantId
const scope = { merchantId, livemode: false }
const answer: RecentAnswer = {
  fingerprint: Buffer.alloc(32, 7),
  status: 201,
  contentType: 'application/json; charset=utf-8',
  body: Buffer.from('{"id":"pay",\n"description":"é"}\n'),
  paymentId: 'pay_01jz0000000000000000000001',
}

/** A time of day that is told, and a layer that keeps whatever it is given for ever. */
function stage() {
  let wallMs = Date.UTC(2026, 11, 1)
  const results: string[] = []
  const store = openMemoryCache({ nowMs: () => 0 })
  const open = (wall = () => wallMs) =>
    openRecentAnswers({
      layers: [{ name: 'shared', cache: store }],
      wallMs: wall,
      onResult: (_, result) => results.push(result),
    })
  const pass = (ms: number) => {
    wallMs += ms
  }
  return { open, pass, store, results, wallMs: () => wallMs }
}

test('an answer comes back byte for byte, to its merchant, mode and key alone', async () => {
  const answers = stage().open()
  answers.keep(scope, 'key', answer)
  assert.deepEqual(await answers.find(scope, 'key'), answer)
  const other = 'mer_01jz0000000000000000000002' as MerchantId
  for (const [from, key] of [
    [{ ...scope, livemode: true }, 'key'],
    [{ ...scope, merchantId: other }, 'key'],
    [scope, 'key2'],
    [scope, 'Key'],
  ] as const) {
    assert.equal(await answers.find(from, key), undefined)
  }
})

test('an answer ends after an hour, whatever its layer does', async () => {
  const { open, pass, results } = stage()
  const answers = open()
  answers.keep(scope, 'key', answer)
  pass(RECENT_ANSWER_MS_MAX - 1)
  assert.deepEqual(await answers.find(scope, 'key'), answer)
  pass(1)
  assert.equal(await answers.find(scope, 'key'), undefined)
  assert.equal(results.at(-1), 'stale')
})

test('an answer of a process whose clock is ahead is not believed for longer', async () => {
  const { open, wallMs, results } = stage()
  open(() => wallMs() + 86_400_000).keep(scope, 'key', answer)
  assert.equal(await open().find(scope, 'key'), undefined)
  assert.equal(results.at(-1), 'stale')
})

test('an answer found in a far layer is kept in the near one, for the rest of its hour', async () => {
  let wallMs = 0
  const near = openMemoryCache({ nowMs: () => wallMs })
  const far = openMemoryCache({ nowMs: () => 0 })
  const layers = [
    { name: 'near', cache: near },
    { name: 'far', cache: far },
  ]
  openRecentAnswers({ layers: layers.slice(1), wallMs: () => wallMs }).keep(scope, 'key', answer)
  const results: string[] = []
  const answers = openRecentAnswers({
    layers,
    wallMs: () => wallMs,
    onResult: (layer, result) => results.push(`${layer} ${result}`),
  })
  wallMs = RECENT_ANSWER_MS_MAX - 10
  assert.deepEqual(await answers.find(scope, 'key'), answer)
  assert.deepEqual(await answers.find(scope, 'key'), answer)
  assert.deepEqual(results, ['near miss', 'far hit', 'near kept', 'near hit'])
  wallMs += 10
  assert.equal(await answers.find(scope, 'key'), undefined)
})

test('what is not an answer of ours counts for nothing', async () => {
  const { open, store, results } = stage()
  const answers = open()
  const name = `${merchantId} test key`
  answers.keep(scope, 'key', answer)
  const found = await store.get(name)
  assert.ok(found.outcome === 'hit')
  const [line = '', ...rest] = found.value.toString().split('\n')
  const about = JSON.parse(line)
  const changed = Object.keys(about).map((member) =>
    [JSON.stringify({ ...about, [member]: null }), ...rest].join('\n'),
  )
  for (const text of ['', 'x', '\n', 'null\n', '7\n{}', line, ...changed]) {
    await store.set(name, Buffer.from(text), 1_000)
    assert.equal(await answers.find(scope, 'key'), undefined)
    assert.equal(results.at(-1), 'refused', text)
  }
})

test('an answer too large for the cache is not kept, and no harm', async () => {
  const { open, results } = stage()
  const answers = open()
  answers.keep(scope, 'key', { ...answer, body: Buffer.alloc(64 * 1024) })
  assert.equal(await answers.find(scope, 'key'), undefined)
  assert.deepEqual(results, ['not_kept', 'miss'])
})
