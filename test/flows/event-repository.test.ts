import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DomainError } from '../../src/domain/errors.ts'
import { createEventRepository } from '../../src/inbox/event-repository.ts'
import { openEventRepository, type StripeEvent } from '../../src/index.ts'
import { findEnvironmentAccount } from '../../src/store/provider-accounts.ts'
import { createTestDatabase } from '../support/database.ts'
import { openInbox } from '../support/inbox.ts'
import { stateOf } from '../support/state-of.ts'

const event: StripeEvent = {
  id: 'evt_1',
  object: 'event',
  type: 'payment_intent.succeeded',
  created: 1_750_000_000,
  livemode: false,
  data: {
    object: {
      id: 'pi_1',
      object: 'payment_intent',
      status: 'succeeded',
      amount: 900,
      currency: 'usd',
    },
  },
}
const withCode = (code: string) => (error: DomainError) => error.code === code

test('an inserted event counts once, can be read back, and applied again changes nothing', async () => {
  await using inbox = await openInbox()
  const account = await findEnvironmentAccount(inbox.database, 'stripe')
  assert.ok(account)
  const { database } = inbox
  const repository = createEventRepository({
    database,
    newId: inbox.deps.newId,
    account,
    onStored: () => {},
  })
  await repository.insertEvent(event)
  await repository.insertEvent(event)
  assert.deepEqual(await repository.getEvent('evt_1'), event)
  await inbox.drain()
  const once = await stateOf(database)
  assert.equal((once.payments as { received_minor: string }[])[0]?.received_minor, '900')
  await repository.updateEvent(event)
  await inbox.drain()
  assert.deepEqual(await stateOf(database), once)
  const other = { ...event, type: 'payment_intent.canceled' }
  await assert.rejects(repository.insertEvent(other), withCode('event_id_collision'))
  await assert.rejects(repository.getEvent('evt_2'), withCode('not_found'))
  await assert.rejects(repository.updateEvent({ ...event, id: 'evt_2' }), withCode('not_found'))
})

test('a program of its own opens the repository by the address of the database', async () => {
  await using inbox = await openInbox()
  await using repository = await openEventRepository(inbox.url)
  await repository.insertEvent(event)
  await inbox.drain()
  assert.deepEqual(await repository.getEvent('evt_1'), event)
  await using empty = await createTestDatabase()
  await assert.rejects(openEventRepository(empty.url), /start Payonce once/)
})
