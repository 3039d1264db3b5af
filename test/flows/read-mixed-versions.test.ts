import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Body, openReadServer } from '../support/read-server.ts'

const told = (id: string, type: string, object: Record<string, unknown>) => ({
  id,
  type,
  created: 1_750_000_000,
  data: { object: { amount: 800, currency: 'usd', status: 'succeeded', ...object } },
})

test('payments that became one are listed, told and booked as one, and the other says where it went', async () => {
  await using server = await openReadServer()
  const charge = { id: 'ch_1', object: 'charge', captured: true }
  await server.store([
    told('evt_1', 'payment_intent.succeeded', { id: 'pi_1', object: 'payment_intent' }),
  ])
  await server.drain()
  await server.store([told('evt_2', 'charge.succeeded', charge)])
  await server.drain()
  const apart = await server.ask('/payments')
  assert.equal(apart.body.items.length, 2)
  await server.store([told('evt_3', 'charge.updated', { ...charge, payment_intent: 'pi_1' })])
  await server.drain()

  const { body: list } = await server.ask('/payments')
  assert.equal(list.items.length, 1)
  const [remaining] = list.items
  assert.equal(remaining.merged_into_payment_id, null)
  assert.equal(remaining.amount_received_cents, 800)
  const gone = apart.body.items.find((item: Body) => item.id !== remaining.id)
  const { body: other } = await server.ask(`/payments/${gone.id}`)
  assert.equal(other.merged_into_payment_id, remaining.id)

  const { body: timeline } = await server.ask(`/payments/${remaining.id}/timeline`)
  const titles = (kind: string) =>
    timeline.items.filter((item: Body) => item.kind === kind).map((item: Body) => item.title)
  assert.deepEqual(titles('provider_event'), [
    'payment_intent.succeeded',
    'charge.succeeded',
    'charge.updated',
  ])
  // One was booked under the intent's reference, one under the charge's; the first is taken back.
  assert.deepEqual(titles('journal_entry').toSorted(), ['capture', 'capture', 'capture taken back'])
  assert.ok(titles('state_change').includes('payment.merged'))
  assert.ok(titles('event').includes('payment.merged'))
  const { body: otherTimeline } = await server.ask(`/payments/${gone.id}/timeline`)
  assert.ok(otherTimeline.explanation.includes(`part of ${remaining.id}`))

  const { body: entries } = await server.ask(`/ledger/entries?payment_id=${remaining.id}`)
  assert.equal(entries.items.length, 3)
  assert.deepEqual(
    [...new Set(entries.items.map((entry: Body) => entry.payment_id))],
    [remaining.id],
  )
  const csv = await server.ask(`/ledger/journal.csv?payment_id=${remaining.id}`)
  assert.equal(csv.text.trim().split('\r\n').length, 1 + 3)
  const { body: revenue } = await server.ask('/revenue')
  assert.deepEqual(
    [revenue.items[0].gross_cents, revenue.items[0].count, revenue.items[0].fees_pending],
    [800, 1, 1],
  )
})

test('an event that is parked under several references is listed once, with the one it waits for', async () => {
  await using server = await openReadServer()
  const refund = { id: 're_1', object: 'refund', charge: 'ch_1', payment_intent: 'pi_1' }
  await server.store([told('evt_1', 'refund.created', refund)])
  await server.drain()
  for (const path of ['/provider-events', '/provider-events?status=parked']) {
    const { body } = await server.ask(path)
    assert.deepEqual(
      body.items.map((item: Body) => [item.provider_event_id, item.status, item.reason]),
      [['evt_1', 'parked', 'waits for intent pi_1']],
    )
  }
})
