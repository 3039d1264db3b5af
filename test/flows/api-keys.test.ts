import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createApiKey, createAuthenticate } from '../../src/access/api-keys.ts'
import { bootstrapAccess } from '../../src/access/bootstrap.ts'
import { openRecentCallers } from '../../src/access/recent-callers.ts'
import { openMemoryCache } from '../../src/cache/memory-cache.ts'
import { openIdSource } from '../../src/store/new-id.ts'
import { merchantId, openInbox } from '../support/inbox.ts'

let inbox: Awaited<ReturnType<typeof openInbox>>
const newId = openIdSource()
before(async () => {
  inbox = await openInbox()
})
after(() => inbox[Symbol.asyncDispose]())

const sql = (text: string) =>
  inbox.database.query<{ id: string }>({ name: `test_${text.length}`, text })
const bootstrap = (apiKey?: string) =>
  inbox.database.transaction((tx) => bootstrapAccess(tx, { merchantId, newId, apiKey }))
const chosen = 'correct-horse-battery-staple!'

test('the first keys are made once, also by processes that start together', async () => {
  const made = (await Promise.all([bootstrap(), bootstrap(), bootstrap()])).filter(
    (keys) => keys !== undefined,
  )
  assert.equal(made.length, 1)
  assert.equal(await bootstrap(), undefined)
  const authenticate = createAuthenticate(inbox)
  const [keys] = made
  assert.match(keys?.testKey ?? '', /^payonce_test_[0-9A-Za-z]{43}$/)
  assert.match(keys?.liveKey ?? '', /^payonce_live_[0-9A-Za-z]{43}$/)
  const test = await authenticate({ authorization: `Bearer ${keys?.testKey}` })
  const live = await authenticate({ 'x-api-key': keys?.liveKey ?? '' })
  assert.deepEqual([test?.merchantId, test?.livemode], [merchantId, false])
  assert.deepEqual([live?.merchantId, live?.livemode], [merchantId, true])
})

test('a key the operator chose is the test key, unless it is written as a live one', async () => {
  await sql('delete from api_keys')
  const keys = await bootstrap(chosen)
  assert.equal(keys?.testKey, chosen)
  const authenticate = createAuthenticate(inbox)
  assert.equal((await authenticate({ authorization: `bearer ${chosen}` }))?.livemode, false)
  assert.equal(await authenticate({ authorization: `Bearer ${chosen}x` }), undefined)

  await sql('delete from api_keys')
  const live = `payonce_live_${'a'.repeat(40)}`
  assert.equal((await bootstrap(live))?.liveKey, live)
  await sql('delete from api_keys')
  await assert.rejects(bootstrap('too-short'), /24 to 255 characters/)
})

test('only digests are stored', async () => {
  await sql('delete from api_keys')
  await bootstrap(chosen)
  const { rows } = await sql('select id, prefix, encode(secret_digest, $$escape$$) from api_keys')
  assert.ok(!JSON.stringify(rows).includes(chosen.slice(0, 8)))
})

test('a key that shares the public prefix of another opens nothing', async () => {
  const { keyText } = await inbox.database.transaction((tx) =>
    createApiKey(tx, newId, { merchantId, livemode: false }),
  )
  const authenticate = createAuthenticate(inbox)
  const forged = `${keyText.slice(0, -1)}${keyText.endsWith('a') ? 'b' : 'a'}`
  assert.equal(await authenticate({ authorization: `Bearer ${forged}` }), undefined)
  assert.ok(await authenticate({ authorization: `Bearer ${keyText}` }))
})

test('what is no key asks the database nothing', async () => {
  const authenticate = createAuthenticate({
    database: { query: () => assert.fail('asked') },
  })
  for (const headers of [
    {},
    { authorization: 'Basic abc' },
    { authorization: 'Bearer short' },
    { authorization: `Bearer ${'x'.repeat(300)}` },
    { 'x-api-key': '' },
  ]) {
    assert.equal(await authenticate(headers), undefined)
  }
})

test('a revoked key is dead within ten seconds, and is remembered no longer', async () => {
  const { id, keyText } = await inbox.database.transaction((tx) =>
    createApiKey(tx, newId, { merchantId, livemode: true }),
  )
  let nowMs = 0
  let asked = 0
  const database = {
    query: (statement: Parameters<typeof inbox.database.query>[0]) => {
      asked += 1
      return inbox.database.query(statement)
    },
  }
  const clock = () => nowMs
  const layers = [{ name: 'memory', cache: openMemoryCache({ nowMs: clock }) }]
  const recent = openRecentCallers({ layers, nowMs: clock })
  const authenticate = createAuthenticate({ database: database as never, recent })
  const headers = { authorization: `Bearer ${keyText}` }
  assert.equal((await authenticate(headers))?.apiKeyId, id)
  assert.equal((await authenticate(headers))?.apiKeyId, id)
  assert.equal(asked, 1)
  await sql(`update api_keys set revoked_at = payonce_clock() where id = '${id}'`)
  nowMs = 9_999
  assert.ok(await authenticate(headers))
  nowMs = 10_000
  assert.equal(await authenticate(headers), undefined)
  assert.equal(asked, 2)
})
