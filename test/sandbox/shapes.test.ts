import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { intentStatuses } from '../../sandbox/store/records.ts'
import { sharedDataDir, skipWithoutSharedData } from '../support/shared-data.ts'
import { paid } from './support/control.ts'
import { openFor } from './support/open.ts'

type Wire = Record<string, unknown>
const read = (path: string) =>
  JSON.parse(readFileSync(join(sharedDataDir() ?? '', path), 'utf8')) as Wire

test('every answer has the fields of the published samples', skipWithoutSharedData(), async (t) => {
  const { stripe, control } = await openFor(t)
  const intent = await stripe.paymentIntents.create({
    ...paid,
    payment_method: 'pm_card_createDispute',
  })
  await stripe.paymentIntents.create({
    ...paid,
    currency: 'eur',
    payment_method: 'pm_card_bypassPending',
  })
  await control.advance(60)
  const other = await stripe.paymentIntents.create(paid)
  const endpoint = await stripe.webhookEndpoints.create({
    url: 'http://127.0.0.1:9/',
    enabled_events: ['plan.created'],
  })
  const answers: Record<string, unknown> = {
    payment_intent: intent,
    charge: await stripe.charges.retrieve(String(intent.latest_charge)),
    refund: await stripe.refunds.create({ payment_intent: other.id }),
    dispute: (await stripe.disputes.list()).data[0],
    payout: await stripe.payouts.create({ amount: 1, currency: 'eur' }),
    balance_transaction: (await stripe.balanceTransactions.list()).data[0],
    payment_method: await stripe.paymentMethods.retrieve(String(intent.payment_method)),
    event: (await stripe.events.list()).data[0],
    webhook_endpoint: endpoint,
    balance: await stripe.balance.retrieve(),
    customer: await stripe.customers.create({}),
  }
  const samples = read('stripe/fixtures3.json').resources as Record<string, Wire>
  // Of accounts that are more than one merchant's.
  const elsewhere = /^(?:balance\.connect_reserved|charge\.refunds)$/
  for (const [name, answer] of Object.entries(answers)) {
    const sample = samples[name]
    assert.ok(sample, name)
    const missing = Object.keys(sample).filter(
      (field) => !Object.hasOwn(answer as Wire, field) && !elsewhere.test(`${name}.${field}`),
    )
    assert.deepEqual(missing, [], `${name} lacks fields of the sample`)
    assert.equal((answer as Wire).object, sample.object)
  }
})

test('every event type is one of the published', skipWithoutSharedData(), async (t) => {
  const { stripe, control } = await openFor(t)
  for (const payment_method of [
    'pm_card_createDispute',
    'pm_card_refundFail',
    'pm_card_createIssuerFraudRecord',
  ])
    await stripe.paymentIntents.create({ ...paid, payment_method })
  await stripe.paymentIntents.create({ ...paid, capture_method: 'manual' })
  await control.advance(8 * 24 * 3600)
  const listed = JSON.stringify(read('stripe/event-types.json'))
  const { data } = await stripe.events.list({ limit: 100 })
  const types = new Set(data.map(({ type }) => type))
  assert.ok(types.size > 8)
  for (const type of types) assert.ok(listed.includes(`"${type}"`), type)
})

test('statuses are the published ones', skipWithoutSharedData(), () => {
  const { enums } = read('stripe/enums.json') as { enums: Record<string, string[]> }
  assert.deepEqual([...intentStatuses].sort(), enums['PaymentIntents.Status']?.toSorted())
})
