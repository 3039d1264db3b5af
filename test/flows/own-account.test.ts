import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import type { StripeEvent } from '../../src/domain/event-repository.ts'
import { openAccountDirectory } from '../../src/inbox/account-directory.ts'
import { buildIntakeRow, dedupeDigest } from '../../src/inbox/build-intake-row.ts'
import { createEventRepository } from '../../src/inbox/event-repository.ts'
import { requeueStoredEvent } from '../../src/inbox/requeue-stored-event.ts'
import { selectAccount } from '../../src/inbox/select-account.ts'
import { webhookProviders } from '../../src/inbox/webhook-providers.ts'
import { registerHandlers } from '../../src/store/event-handlers.ts'
import { createInboxEvents } from '../../src/store/inbox-intake.ts'
import { findEnvironmentAccount } from '../../src/store/provider-accounts.ts'
import { accountId, merchantId, openInbox } from '../support/inbox.ts'

const otherMerchantId = 'mer_00000000000000000000000002'
const childId = 'pac_00000000000000000000000002'

const stripeEvent = (id: string, type: string, object: Record<string, unknown>): StripeEvent => ({
  id,
  object: 'event',
  type,
  created: 1_750_000_000,
  livemode: true,
  account: 'acct_1',
  data: { object: { currency: 'usd', amount: 900, ...object } },
})
const intent = stripeEvent('evt_1', 'payment_intent.succeeded', {
  id: 'pi_1',
  object: 'payment_intent',
  status: 'succeeded',
})
const refund = stripeEvent('evt_2', 'refund.created', {
  id: 're_1',
  object: 'refund',
  status: 'succeeded',
  payment_intent: 'pi_1',
})

async function openStore() {
  const inbox = await openInbox()
  const { database, deps } = inbox
  const sql = async (text: string) => {
    const name = `test_${hash('md5', text)}`
    return (await database.query<Record<string, unknown>>({ name, text })).rows
  }
  /** As a delivery to the endpoint of the environment's account is received. */
  const receive = async (event: StripeEvent): Promise<{ id: string; isNew: boolean }> => {
    const endpoint = await findEnvironmentAccount(database, 'stripe')
    assert.ok(endpoint)
    const envelope = webhookProviders.stripe.readEnvelope(event)
    const clock = { nowMs: () => 0, configuredSecrets: {}, db: database }
    const selected = await selectAccount(openAccountDirectory(clock), endpoint, envelope)
    const row = buildIntakeRow(
      {
        ...selected,
        envelope,
        headers: { 'x-test': 'kept' },
        signature: { header: 't=1', timestamp: 1, secretIndex: 0 },
        body: Buffer.from(JSON.stringify(event)),
        requestId: 'req_1',
        correlationId: 'cor_1',
        traceContext: undefined,
      },
      { newId: deps.newId, digest: dedupeDigest },
    )
    const stored = await createInboxEvents(database, [row])
    return { id: row.id, isNew: stored.has(row.id) }
  }
  const requeue = (id: string) => database.transaction((tx) => requeueStoredEvent(tx, deps, id))
  const connect = async (livemode: boolean, id = childId) => {
    await sql(
      `insert into merchants values ('${otherMerchantId}', 'Other', payonce_clock()) on conflict do nothing`,
    )
    await sql(
      `insert into provider_accounts (id, merchant_id, provider, livemode, parent_id, external_account, created_at)
        values ('${id}', '${otherMerchantId}', 'stripe', ${livemode}, '${accountId}', 'acct_1', payonce_clock())`,
    )
  }
  return { ...inbox, sql, receive, requeue, connect }
}

test('an event kept for an unknown account is applied under its own account once that is connected', async () => {
  await using inbox = await openStore()
  await registerHandlers(inbox.database, ['tell'])
  // The refund comes first and waits: the account is its own there, too.
  const [second, first] = [await inbox.receive(refund), await inbox.receive(intent)]
  await inbox.drain()
  assert.deepEqual(await inbox.requeue(first.id), { outcome: 'ignored', reason: 'unknown_account' })
  await inbox.drain()
  assert.deepEqual(await inbox.sql('select id from payments'), [])

  await inbox.connect(true)
  const moved = await inbox.requeue(second.id)
  assert.ok(moved.outcome === 'queued' && moved.inboxEventId !== second.id)
  await inbox.drain()
  assert.equal((await inbox.requeue(first.id)).outcome, 'queued')
  await inbox.drain()
  const owner = { merchant_id: otherMerchantId, livemode: true, provider_account_id: childId }
  const totals = { received_minor: '900', refunded_minor: '900' }
  assert.deepEqual(
    await inbox.sql(
      `select merchant_id, livemode, provider_account_id, received_minor, refunded_minor from payments`,
    ),
    [{ ...owner, ...totals }],
  )
  for (const table of ['refunds', 'journal_entries', 'provider_objects']) {
    assert.deepEqual(
      await inbox.sql(`select distinct merchant_id, livemode, provider_account_id from ${table}`),
      [owner],
    )
  }
  assert.deepEqual(await inbox.sql('select * from inbox_parked'), [])
  assert.deepEqual(
    await inbox.sql(
      'select merchant_id, livemode, count(*)::int as n from handler_runs group by 1, 2',
    ),
    [{ merchant_id: otherMerchantId, livemode: true, n: 2 }],
    'handlers are told of the events under their own account only',
  )
  // What came stays as it came, and says where it went.
  assert.deepEqual(
    await inbox.sql(
      `select e.merchant_id, e.provider_account_id, o.status, o.reason from inbox_events e
        join inbox_outcomes o on o.inbox_event_id = e.id where e.event_id = 'evt_1' order by e.id`,
    ),
    [
      {
        merchant_id: merchantId,
        provider_account_id: accountId,
        status: 'ignored',
        reason: 'moved_to_own_account',
      },
      {
        merchant_id: otherMerchantId,
        provider_account_id: childId,
        status: 'applied',
        reason: null,
      },
    ],
  )
})

test('moved once more, or delivered once more, it is still one event', async () => {
  await using inbox = await openStore()
  const { id } = await inbox.receive(intent)
  await inbox.connect(true)
  const once = await inbox.requeue(id)
  await inbox.drain()
  assert.deepEqual(await inbox.requeue(id), once)
  await inbox.drain()
  assert.equal((await inbox.receive(intent)).isNew, false)
  assert.deepEqual(await inbox.sql('select count(*)::int as n from inbox_events'), [{ n: 2 }])
  assert.deepEqual(await inbox.sql('select count(*)::int as n from journal_entries'), [{ n: 1 }])
  assert.deepEqual(await inbox.sql(`select headers->>'x-test' as kept from inbox_payloads`), [
    { kept: 'kept' },
    { kept: 'kept' },
  ])
})

test('an account of the other mode does not take it, and one of its mode that comes later does', async () => {
  await using inbox = await openStore()
  await inbox.connect(false)
  const { id } = await inbox.receive(intent)
  assert.deepEqual(await inbox.requeue(id), { outcome: 'ignored', reason: 'wrong_livemode' })
  await inbox.connect(true, 'pac_00000000000000000000000003')
  assert.equal((await inbox.requeue(id)).outcome, 'queued')
  await inbox.drain()
  assert.deepEqual(await inbox.sql('select provider_account_id, livemode from payments'), [
    { provider_account_id: 'pac_00000000000000000000000003', livemode: true },
  ])
})

test('the repository applies an event again under the account it belongs to by now', async () => {
  await using inbox = await openStore()
  const account = await findEnvironmentAccount(inbox.database, 'stripe')
  assert.ok(account)
  const stored: number[] = []
  const repository = createEventRepository({
    database: inbox.database,
    newId: inbox.deps.newId,
    account,
    onStored: (count) => stored.push(count),
  })
  await inbox.receive(intent)
  await repository.updateEvent(intent)
  assert.deepEqual(stored, [], 'it still belongs to nobody we know')
  await inbox.connect(true)
  await repository.updateEvent(intent)
  assert.deepEqual(stored, [1])
  await inbox.drain()
  assert.deepEqual(await inbox.sql('select merchant_id from payments'), [
    { merchant_id: otherMerchantId },
  ])
  assert.deepEqual(await inbox.requeue('pev_00000000000000000000000000'), { outcome: 'not_found' })
})
