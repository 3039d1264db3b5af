import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { lowestIdAt, timeOfId } from '../../src/domain/ids.ts'
import { followEvents } from '../../src/inbox/follow-events.ts'
import { accountId, merchantId, openInbox } from '../support/inbox.ts'

const scope = { merchantId, livemode: false }

/** An event whose row is written by `client`, in whatever transaction that is in. */
async function insert(client: pg.Client, { id, digit }: { id: string; digit: string }) {
  await client.query(
    `with event as (
      insert into inbox_events (id, merchant_id, livemode, provider_account_id, event_id, dedupe_digest, type,
        event_created_at, ordering_key, lane, request_id, correlation_id, received_at)
      values ($1, $2, false, $3, $1, decode(repeat($4, 32), 'hex'), 'x.y', payonce_clock(), $1, 0, 'r', 'c', payonce_clock())
      returning id, received_at, lane)
    insert into inbox_queue (inbox_event_id, received_at, lane, run_at) select id, received_at, lane, received_at from event`,
    [id, merchantId, accountId, digit],
  )
}

async function connect(url: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
}

test('an event that commits after younger ones is still seen, once, and again when it is applied', async () => {
  await using inbox = await openInbox()
  const [slow, quick] = [await connect(inbox.url), await connect(inbox.url)]
  try {
    const nowMs = Date.now()
    const older = lowestIdAt('inboxEvent', nowMs)
    const younger = lowestIdAt('inboxEvent', nowMs + 1_000)
    const follower = await followEvents(inbox.database, scope, Date.now)
    await slow.query('begin')
    await insert(slow, { id: older, digit: 'a' })
    await insert(quick, { id: younger, digit: 'b' })
    const told = async () => (await follower.next()).map(({ id, status }) => [id, status])
    assert.deepEqual(await told(), [[younger, 'waiting']])
    await slow.query('commit')
    assert.deepEqual(await told(), [[older, 'waiting']])
    assert.deepEqual(await told(), [])
    await quick.query(`with done as (delete from inbox_queue returning inbox_event_id)
      insert into inbox_outcomes select inbox_event_id, 'ignored', 'unhandled_type', null, payonce_clock() from done`)
    assert.deepEqual(new Set((await told()).flat()), new Set([older, younger, 'ignored']))
    assert.deepEqual(await told(), [])
  } finally {
    await slow.end()
    await quick.end()
  }
})

test('an intake whose clock is minutes behind is seen as well, and what was there before is no news', async () => {
  await using inbox = await openInbox()
  const client = await connect(inbox.url)
  try {
    const nowMs = Date.now()
    await insert(client, { id: lowestIdAt('inboxEvent', nowMs), digit: 'a' })
    const follower = await followEvents(inbox.database, scope, Date.now)
    const late = lowestIdAt('inboxEvent', nowMs - 300_000)
    await insert(client, { id: late, digit: 'b' })
    const seen: string[] = []
    for (let round = 0; round < 30; round++)
      seen.push(...(await follower.next()).map(({ id }) => id))
    assert.deepEqual(seen, [late])
  } finally {
    await client.end()
  }
})

test('the time of an id is the time it was made', () => {
  for (const ms of [0, 1, 1_795_247_798_123])
    assert.equal(timeOfId(lowestIdAt('inboxEvent', ms)), ms)
})
