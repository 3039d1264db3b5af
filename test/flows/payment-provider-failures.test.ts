/** A provider that fails, keeps its failure, and did nothing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import {
  type Answer,
  assertConsistent,
  charge,
  openPaymentsApp,
  type PaymentsApp,
} from '../support/payments-app.ts'
import { makeAtProvider } from '../support/provider-by-hand.ts'

const settleSoon = { webhooks: false, environment: { PROVIDER_SETTLE_MS: '500' } }

const attemptsOf = (app: PaymentsApp, step: string) =>
  app.sql(
    'select number, status, reason, provider_key, error from payment_attempts where step = $1 order by number',
    [step],
  )

const finalOf = (app: PaymentsApp, path: string, body: object, key: string) =>
  eventually(
    () => app.post(path, body, { key }),
    ({ status }: Answer) => status !== 202 && status !== 409,
  )

test('what the provider failed to do, and shows that it did not, is asked for under the next key', async () => {
  await using app = await openPaymentsApp(settleSoon)
  const { body: held } = await app.post('/payments', { ...charge, capture_method: 'manual' })
  await app.fault({ operation: 'payment_intents.capture', mode: 'error_before' })
  const path = `/payments/${held.id}/capture`
  const first = await app.post(path, {}, { key: 'capture' })
  assert.equal(first.status, 202, first.text)
  const blocked = await app.post(`/payments/${held.id}/cancel`, {}, { key: 'meanwhile' })
  assert.equal(blocked.body.code, 'payment_operation_in_progress')
  const seen = new Set<string>()
  await eventually(
    async () => {
      const { body } = await app.get(`/payments/${held.id}/timeline`)
      seen.add(body.explanation)
      return attemptsOf(app, 'capture')
    },
    (rows) => rows.length === 2 && rows[1].status === 'succeeded',
  )
  assert.ok(
    [...seen].some((text) => /shows nothing of it, so it is looked at once more/.test(text)),
    [...seen].join('\n'),
  )
  const [spent, next] = await attemptsOf(app, 'capture')
  assert.equal(spent.status, 'failed')
  assert.equal(spent.error.code, 'provider_failed')
  assert.notEqual(spent.provider_key, next.provider_key)
  const final = await finalOf(app, path, {}, 'capture')
  assert.equal(final.status, 200)
  assert.equal(final.body.status, 'succeeded')
  await assertConsistent(app)
})

test('an effect that shows between two looks is the effect, and nothing is asked for again', async () => {
  await using app = await openPaymentsApp({
    webhooks: false,
    environment: { PROVIDER_SETTLE_MS: '3000' },
  })
  const { body: held } = await app.post('/payments', { ...charge, capture_method: 'manual' })
  await app.fault({ operation: 'payment_intents.capture', mode: 'error_before' })
  await app.post(`/payments/${held.id}/capture`, {}, { key: 'capture' })
  await eventually(
    () => attemptsOf(app, 'capture'),
    ([row]) => row.reason === 'unchanged',
  )
  await makeAtProvider(app, `/v1/payment_intents/${held.stripe_payment_intent_id}/capture`, {})
  const final = await finalOf(app, `/payments/${held.id}/capture`, {}, 'capture')
  assert.equal(final.body.status, 'succeeded', final.text)
  assert.equal((await attemptsOf(app, 'capture')).length, 1)
  await assertConsistent(app)
})

test('a provider that fails each time is given up, and the payment can be acted on again', async () => {
  await using app = await openPaymentsApp(settleSoon)
  const { body: held } = await app.post('/payments', { ...charge, capture_method: 'manual' })
  await app.fault({ operation: 'payment_intents.capture', mode: 'error_before', times: 50 })
  await app.post(`/payments/${held.id}/capture`, {}, { key: 'capture' })
  const final = await finalOf(app, `/payments/${held.id}/capture`, {}, 'capture')
  assert.equal(final.status, 502, final.text)
  assert.equal(final.body.code, 'provider_failed')
  assert.deepEqual(
    (await attemptsOf(app, 'capture')).map(({ status }) => status),
    ['failed', 'failed', 'failed'],
  )
  const released = await app.post(`/payments/${held.id}/cancel`, {}, { key: 'cancel' })
  assert.equal(released.body.status, 'canceled', released.text)
  await assertConsistent(app)
})

test('a refund that might be made twice is never asked for again, and says what a person can do', async () => {
  await using app = await openPaymentsApp(settleSoon)
  const { body: paid } = await app.post('/payments', charge)
  await app.fault({ operation: 'refunds.create', mode: 'error_before' })
  const asked = { amount_cents: 300 }
  const first = await app.post(`/payments/${paid.id}/refund`, asked, { key: 'part' })
  assert.equal(first.status, 202)
  const looked = () => app.sql('select reason, check_count, status from payment_attempts')
  await eventually(looked, (rows) =>
    rows.some((row) => row.reason === 'key_spent' && row.check_count >= 5),
  )
  const { body: timeline } = await app.get(`/payments/${paid.id}/timeline`)
  assert.match(timeline.explanation, /own pages show nothing of it, it did not happen/)
  assert.ok(timeline.next_action_at !== null)
  const { refunds } = await app.effects()
  assert.equal(refunds.length, 0)
  const rest = await app.post(`/payments/${paid.id}/refund`, { amount_cents: 701 }, { key: 'rest' })
  assert.equal(rest.body.code, 'refund_exceeds_received_amount')
})

test('a decline of before is not the answer to what the provider failed to do', async () => {
  await using app = await openPaymentsApp(settleSoon)
  const { body: declined } = await app.post('/payments', {
    ...charge,
    payment_method: 'pm_card_visa_chargeDeclined',
  })
  assert.equal(declined.status, 'requires_payment_method')
  await app.fault({ operation: 'payment_intents.confirm', mode: 'error_before' })
  const path = `/payments/${declined.id}/confirm`
  const again = { payment_method: 'pm_card_visa' }
  await app.post(path, again, { key: 'again' })
  const final = await finalOf(app, path, again, 'again')
  assert.equal(final.body.status, 'succeeded', final.text)
  await assertConsistent(app)
})
