import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { intent, openReplayServer } from '../support/replay-server.ts'
import { drainReplays } from '../support/replayer.ts'

let server: Awaited<ReturnType<typeof openReplayServer>>
before(async () => {
  server = await openReplayServer()
})
beforeEach(() => server.reset())
after(() => server[Symbol.asyncDispose]())

const sql: typeof server.sql = (text, values) => server.sql(text, values)
const post: typeof server.post = (path, body, key) => server.post(path, body, key)
const storeUnapplied: typeof server.storeUnapplied = (events, as) =>
  server.storeUnapplied(events, as)
const readReplay: typeof server.readReplay = (id, query) => server.readReplay(id, query)

test('an event of an account unknown then is applied to that account once it is connected, and once only', async () => {
  const [id] = await storeUnapplied([intent('routed', {}, { account: 'acct_1' })], 'ignored')
  await sql(`update inbox_outcomes set reason = 'unknown_account' where inbox_event_id = $1`, [id])
  const replay = async () => {
    const { body } = await post(`/provider-events/${id}/replay`)
    await drainReplays(server)
    return (await readReplay(body.id)).results.items[0]
  }
  const still = await replay()
  assert.deepEqual([still.result, still.reason], ['ignored', 'unknown_account'])
  await sql(
    `insert into provider_accounts (id, merchant_id, provider, livemode, parent_id, external_account, created_at)
      select 'pac_00000000000000000000000009', merchant_id, provider, false, id, 'acct_1', payonce_clock()
      from provider_accounts where is_environment`,
  )
  const done = await replay()
  assert.equal(done.result, 'changed')
  const payments = () =>
    sql(`select id, provider_account_id from payments where provider_reference = 'pi_routed'`)
  assert.deepEqual(await payments(), [
    { id: done.payment_id, provider_account_id: 'pac_00000000000000000000000009' },
  ])
  assert.equal((await replay()).result, 'unchanged')
  assert.equal((await payments()).length, 1)
})

test("a payment of another merchant's connected account is made there and not named here", async () => {
  const [id] = await storeUnapplied([intent('theirs', {}, { account: 'acct_2' })], 'ignored')
  await sql(`update inbox_outcomes set reason = 'unknown_account' where inbox_event_id = $1`, [id])
  await sql(
    `insert into provider_accounts (id, merchant_id, provider, livemode, parent_id, external_account, created_at)
      select 'pac_00000000000000000000000008', 'mer_00000000000000000000000002', provider, false, id, 'acct_2',
        payonce_clock() from provider_accounts where is_environment`,
  )
  const dry = await post(`/provider-events/${id}/replay`, { dry_run: true })
  assert.deepEqual(dry.body.payments, [])
  const { body } = await post(`/provider-events/${id}/replay`)
  await drainReplays(server)
  const [result] = (await readReplay(body.id)).results.items
  assert.deepEqual([result.result, result.payment_id], ['changed', null])
  const [row] = await sql(`select merchant_id from payments where provider_reference = 'pi_theirs'`)
  assert.equal(row.merchant_id, 'mer_00000000000000000000000002')
})

test('an event of the wrong mode is applied once the account is of that mode', async () => {
  const event = intent('moded', {}, { livemode: false })
  const [id] = await storeUnapplied([event], 'ignored')
  await sql(`update inbox_outcomes set reason = 'wrong_livemode' where inbox_event_id = $1`, [id])
  const replay = async () => {
    const { body } = await post(`/provider-events/${id}/replay`)
    await drainReplays(server)
    return (await readReplay(body.id)).results.items[0].result
  }
  await sql('update provider_accounts set livemode = true where is_environment')
  assert.equal(await replay(), 'ignored')
  await sql('update provider_accounts set livemode = null where is_environment')
  assert.equal(await replay(), 'changed')
})
