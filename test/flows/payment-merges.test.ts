import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkLedger } from '../../src/ledger/check.ts'
import { openDatabase } from '../../src/store/db.ts'
import { eventually } from '../support/eventually.ts'
import { type Body, openPaymentsApp, type PaymentsApp, wish } from '../support/payments-app.ts'
import { deliverBody, makeAtProvider } from '../support/provider-by-hand.ts'

/** A charge that took money, told as an old API version does: without its intent. */
async function adoptCharge(app: PaymentsApp): Promise<{ id: string; charge: string }> {
  const intent = await makeAtProvider(app, '/v1/payment_intents', {
    ...{ amount: '1000', currency: 'usd', confirm: 'true', payment_method: 'pm_card_visa' },
    'allowed_payment_method_types[]': 'card',
  })
  const charge: string = intent.latest_charge
  await tellCharge(app, charge, null)
  const [row] = await eventually(
    () => app.sql('select id from payments where provider_reference = $1', [charge]),
    (rows) => rows.length === 1,
  )
  return { id: row.id, charge }
}

const tellCharge = (app: PaymentsApp, charge: string, intent: string | null) => {
  const created = Math.floor(Date.now() / 1000)
  const object = {
    id: charge,
    object: 'charge',
    status: 'succeeded',
    captured: true,
    currency: 'usd',
  }
  const amounts = { amount: 1000, amount_captured: 1000, amount_refunded: 0 }
  return deliverBody(app, {
    ...{ id: `evt_${charge}_${intent}`, object: 'event', type: 'charge.succeeded', created },
    ...{ livemode: false, api_version: '2019-01-01' },
    data: { object: { ...object, ...amounts, ...(intent && { payment_intent: intent }) } },
  })
}

const mergedInto = (app: PaymentsApp, id: string) =>
  eventually(
    async () => (await app.get(`/payments/${id}`)).body as Body,
    (payment) => payment.merged_into_payment_id !== null,
  )

async function assertBooksBalance(app: PaymentsApp): Promise<void> {
  await using database = openDatabase({
    url: app.databaseUrl,
    poolSize: 1,
    applicationName: 'test',
  })
  assert.deepEqual(await checkLedger(database), [])
}

test('a payment made by the API remains, though the one it turns out to be is older', async () => {
  await using app = await openPaymentsApp({ webhooks: false })
  const { id, charge } = await adoptCharge(app)
  const { body: mine } = await app.post('/payments', { ...wish, reference: 'mine' })
  assert.ok(id < mine.id)
  await tellCharge(app, charge, mine.stripe_payment_intent_id)
  const merged = await mergedInto(app, id)
  assert.equal(merged.merged_into_payment_id, mine.id)
  const { body: remaining } = await app.get(`/payments/${mine.id}`)
  assert.equal(remaining.merged_into_payment_id, null)
  assert.equal(remaining.amount_received_cents, 1000)
  assert.equal(remaining.reference, 'mine')
  await assertBooksBalance(app)
})

test('what was asked of a payment and is not answered is settled with the one it turns out to be', async () => {
  await using app = await openPaymentsApp({ webhooks: false })
  const { id, charge } = await adoptCharge(app)
  const { body: mine } = await app.post('/payments', wish)
  await app.fault({ operation: 'refunds.create', mode: 'effect_late', delay_ms: 2500 })
  const asked = { amount_cents: 600 }
  const first = await app.post(`/payments/${id}/refund`, asked, { key: 'refund' })
  assert.equal(first.status, 202, first.text)
  await tellCharge(app, charge, mine.stripe_payment_intent_id)
  await mergedInto(app, id)
  const [held] = await app.sql(
    'select refund_requested_minor::int as n from payments where id = $1',
    [mine.id],
  )
  const [moved] = await app.sql('select payment_id, status from payment_attempts where step = $1', [
    'refund',
  ])
  assert.equal(moved.payment_id, mine.id)
  assert.equal(held.n, moved.status === 'succeeded' ? 0 : 600)
  await app.settled(mine.id, (payment) => payment.amount_refunded_cents === 600)
  const final = await eventually(
    () => app.post(`/payments/${id}/refund`, asked, { key: 'refund' }),
    ({ status }) => status === 200,
  )
  assert.equal(final.body.payment_id, mine.id)
  assert.equal(final.body.amount_cents, 600)
  const left = await app.sql(
    `select id from payments where refund_requested_minor <> 0
      union select id from payment_attempts where settled_at is null`,
  )
  assert.deepEqual(left, [])
  const { body: timeline } = await app.get(`/payments/${mine.id}/timeline`)
  assert.ok(timeline.items.some(({ title }: Body) => title === 'refund succeeded'))
  const { refunds } = await app.effects()
  assert.equal(refunds.length, 1)
  await assertBooksBalance(app)
})

test('an answer that comes after its payment became another one is recorded there', async () => {
  await using app = await openPaymentsApp({ webhooks: false })
  const { id, charge } = await adoptCharge(app)
  const { body: mine } = await app.post('/payments', wish)
  await app.fault({ operation: 'refunds.create', mode: 'slow', delay_ms: 800 })
  const asking = app.post(`/payments/${id}/refund`, { amount_cents: 400 }, { key: 'overtaken' })
  await eventually(
    () => app.control('GET', '/faults'),
    ({ faults }) => faults[0].fired === 1,
  )
  await tellCharge(app, charge, mine.stripe_payment_intent_id)
  await mergedInto(app, id)
  const answer = await asking
  assert.equal(answer.status, 200, answer.text)
  assert.equal(answer.body.payment_id, mine.id)
  const { body: remaining } = await app.get(`/payments/${mine.id}`)
  assert.equal(remaining.amount_refunded_cents, 400)
  await assertBooksBalance(app)
})
