/** Puts events into the inbox as intake would, and drains it, for tests of what comes after. */
import { createHash } from 'node:crypto'
import { laneOf } from '../../src/domain/lane.ts'
import { openInboxProcessor, type ProcessDeps } from '../../src/inbox/process.ts'
import { openLedgerAccounts } from '../../src/ledger/accounts.ts'
import { type Database, openDatabase } from '../../src/store/db.ts'
import { openIdSource } from '../../src/store/new-id.ts'
import { createTestDatabase } from './database.ts'

export const merchantId = 'mer_00000000000000000000000001'
export const accountId = 'pac_00000000000000000000000001'

export type EventBody = {
  id: string
  type: string
  created: number
  data: { object: Record<string, unknown> }
}

export async function openInbox() {
  const test = await createTestDatabase()
  const database = openDatabase({
    url: test.url,
    poolSize: 6,
    applicationName: 'test',
    indexOnly: true,
  })
  const newId = openIdSource()
  await database.query({
    name: 'seed_merchant',
    text: `insert into merchants values ($1, 'Test', payonce_clock())`,
    values: [merchantId],
  })
  await database.query({
    name: 'seed_account',
    text: `insert into provider_accounts (id, merchant_id, provider, is_environment, created_at)
      values ($1, $2, 'stripe', true, payonce_clock())`,
    values: [accountId, merchantId],
  })
  const deps: ProcessDeps = {
    database,
    newId,
    ledgerAccounts: openLedgerAccounts(database, newId),
    workerId: 'test',
    retry: {
      countMax: 5,
      immediateCount: 1,
      baseSeconds: 2,
      delaySecondsMax: 3600,
      jitterRatio: 0,
    },
    batchCountMax: 100,
    onApplied: () => {},
    onFailed: () => {},
  }
  const store = (events: EventBody[]) => storeEvents(database, newId, events)
  const drain = async (changed: Partial<ProcessDeps> = {}) => {
    const takeTurn = openInboxProcessor({ ...deps, ...changed })
    while ((await takeTurn()).outcome === 'worked');
  }
  const close = async () => {
    await database.close()
    await test[Symbol.asyncDispose]()
  }
  return { database, url: test.url, deps, store, drain, [Symbol.asyncDispose]: close }
}

async function storeEvents(
  database: Database,
  newId: ReturnType<typeof openIdSource>,
  events: EventBody[],
): Promise<void> {
  for (const event of events) {
    const digest = createHash('sha256').update(`${accountId}\0${event.id}`).digest().subarray(0, 16)
    const { payment_intent: intent, charge, id } = event.data.object
    const orderingKey = String(intent ?? charge ?? id)
    await database.query({
      name: 'test_store_event',
      text: `with event as (
          insert into inbox_events (id, merchant_id, livemode, provider_account_id, event_id, dedupe_digest, type,
            event_created_at, ordering_key, lane, request_id, correlation_id, received_at)
          values ($1, $2, false, $3, $4, $5, $6, to_timestamp($7), $8, $9, 'req_1', 'cor_1', payonce_clock())
          on conflict do nothing returning id, received_at, lane),
        payload as (
          insert into inbox_payloads (inbox_event_id, received_at, body, headers, signature)
          select id, received_at, $10, '{}', '{}' from event)
        insert into inbox_queue (inbox_event_id, received_at, lane, run_at)
        select id, received_at, lane, received_at from event`,
      values: [
        newId('inboxEvent'),
        merchantId,
        accountId,
        event.id,
        digest,
        event.type,
        event.created,
        orderingKey,
        laneOf(orderingKey),
        Buffer.from(JSON.stringify(event)),
      ],
    })
  }
}
