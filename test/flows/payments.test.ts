import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import {
  apiKey,
  assertConsistent,
  charge,
  openPaymentsApp,
  type PaymentsApp,
  wish,
} from '../support/payments-app.ts'

let app: PaymentsApp
before(async () => {
  app = await openPaymentsApp()
})
after(() => app[Symbol.asyncDispose]())

const chargedWith = (paymentMethod: string, more: object = {}) =>
  app.post('/payments', { ...charge, payment_method: paymentMethod, ...more })
const authorize = (amount: number) =>
  chargedWith('pm_card_visa', { capture_method: 'manual', amount_cents: amount })

test('a payment is created, and waits for a payment method', async () => {
  const body = { ...wish, metadata: { order_id: 'order_123' } }
  const created = await app.post('/payments', body, { key: 'create-1' })
  assert.equal(created.status, 201, created.text)
  assert.equal(created.body.status, 'requires_payment_method')
  assert.match(created.body.stripe_payment_intent_id, /^pi_/)
  assert.equal(created.body.idempotency_key, 'create-1')
  assert.equal(created.body.user_id, 'test_user_123')
  assert.equal(created.body.amount_cents, 1000)
  assert.deepEqual(created.body.metadata, { order_id: 'order_123' })
  assert.match(created.body.created_at, /^\d{4}-\d\d-\d\dT.*Z$/)
  assert.equal(created.headers.get('location'), `/payments/${created.body.id}`)
})

test('a payment is charged once, and its webhooks change nothing', async () => {
  const { status, body } = await app.post('/payments', charge, { key: 'charge-1' })
  assert.equal(status, 201, JSON.stringify(body))
  assert.equal(body.status, 'succeeded')
  assert.equal(body.amount_received_cents, 1000)
  const applied = () =>
    app.sql(
      'select type from inbox_outcomes o join inbox_events e on e.id = o.inbox_event_id where payment_id = $1',
      [body.id],
    )
  await eventually(applied, (rows) => rows.length >= 3, 10_000)
  const read = await app.get(`/payments/${body.id}`)
  assert.deepEqual({ ...read.body, updated_at: '' }, { ...body, updated_at: '' })
  const events = await app.sql(
    'select type from outbox_events where ordering_key = $1 order by sequence',
    [body.id],
  )
  assert.deepEqual(
    events.map((event) => event.type),
    [
      'payment.created',
      'payment_attempt.created',
      'payment.succeeded',
      'payment_attempt.succeeded',
    ],
  )
})

for (const [paymentMethod, code, declineCode] of [
  ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
  ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
  ['pm_card_chargeDeclinedExpiredCard', 'expired_card', null],
  ['pm_card_visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card'],
] as const) {
  test(`${paymentMethod} is declined: an outcome, and another card may pay`, async () => {
    const { status, body } = await chargedWith(paymentMethod)
    assert.equal(status, 201, JSON.stringify(body))
    assert.equal(body.status, 'requires_payment_method')
    assert.equal(body.last_error.code, code)
    assert.equal(body.last_error.decline_code, declineCode)
    const [attempt] = await app.sql(
      'select status, error from payment_attempts where payment_id = $1',
      [body.id],
    )
    assert.equal(attempt.status, 'declined')
    const failed = await app.get('/payments?status=failed')
    assert.ok(failed.body.items.some((item: { id: string }) => item.id === body.id))

    const again = await app.post(`/payments/${body.id}/confirm`, {
      payment_method: 'pm_card_mastercard',
    })
    assert.equal(again.status, 200, again.text)
    assert.equal(again.body.status, 'succeeded')
  })
}

test('a card that is disputed as fraudulent is paid first, and the dispute is told', async () => {
  const { status, body } = await chargedWith('pm_card_createDispute')
  assert.deepEqual([status, body.status], [201, 'succeeded'])
  await fetch(`${app.sandbox.address}/_sandbox/clock`, {
    method: 'POST',
    body: '{"advance_seconds":60}',
  })
  const { items } = await eventually(
    async () => (await app.get(`/disputes?payment_id=${body.id}`)).body,
    (page) => page.items.length === 1,
  )
  assert.deepEqual(
    [items[0].reason, items[0].status, items[0].amount_cents],
    ['fraudulent', 'needs_response', 1000],
  )
})

test('a payment created with a payment method is charged when it is confirmed', async () => {
  const created = await app.post('/payments', { ...wish, payment_method: 'pm_card_visa' })
  assert.equal(created.body.status, 'requires_confirmation', created.text)
  const confirmed = await app.post(`/payments/${created.body.id}/confirm`)
  assert.equal(confirmed.status, 200, confirmed.text)
  assert.equal(confirmed.body.status, 'succeeded')
  const twice = await app.post(`/payments/${created.body.id}/confirm`)
  assert.equal(twice.status, 409)
  assert.equal(twice.body.code, 'payment_already_succeeded')
})

test('an authorization is captured in part, once, and never beyond it', async () => {
  const { body } = await authorize(1000)
  assert.equal(body.status, 'requires_capture', JSON.stringify(body))
  assert.equal(body.amount_capturable_cents, 1000)
  const tooMuch = await app.post(`/payments/${body.id}/capture`, { amount_cents: 1001 })
  assert.equal(tooMuch.status, 409)
  assert.equal(tooMuch.body.code, 'capture_exceeds_authorized_amount')
  const captured = await app.post(`/payments/${body.id}/capture`, { amount_cents: 400 })
  assert.equal(captured.status, 200, captured.text)
  assert.equal(captured.body.status, 'succeeded')
  assert.equal(captured.body.amount_received_cents, 400)
  const again = await app.post(`/payments/${body.id}/capture`)
  assert.equal(again.body.code, 'payment_not_capturable')
})

test('an authorization is canceled, and nothing can happen to it any more', async () => {
  const { body } = await authorize(700)
  const canceled = await app.post(`/payments/${body.id}/cancel`, { reason: 'abandoned' })
  assert.equal(canceled.status, 200, canceled.text)
  assert.equal(canceled.body.status, 'canceled')
  for (const [step, code] of [
    ['cancel', 'payment_already_canceled'],
    ['capture', 'payment_already_canceled'],
    ['confirm', 'payment_already_canceled'],
    ['refund', 'payment_not_refundable'],
  ] as const) {
    const refused = await app.post(`/payments/${body.id}/${step}`)
    assert.equal(refused.status, 409)
    assert.equal(refused.body.code, code)
  }
})

test('a refund in part, then the rest, and then there is nothing left', async () => {
  const { body } = await app.post('/payments', charge)
  const part = await app.post(`/payments/${body.id}/refund`, {
    amount_cents: 500,
    reason: 'requested_by_customer',
  })
  assert.equal(part.status, 200, part.text)
  const { refund_id: refundId, ...told } = part.body
  assert.match(refundId, /^re_/)
  assert.deepEqual(told, { payment_id: body.id, status: 'succeeded', amount_cents: 500 })
  const tooMuch = await app.post(`/payments/${body.id}/refund`, { amount_cents: 501 })
  assert.equal(tooMuch.status, 409)
  assert.equal(tooMuch.body.code, 'refund_exceeds_received_amount')
  const rest = await app.post(`/payments/${body.id}/refund`)
  assert.equal(rest.body.amount_cents, 500, rest.text)
  const nothing = await app.post(`/payments/${body.id}/refund`)
  assert.equal(nothing.body.code, 'refund_exceeds_received_amount')
  const read = await app.get(`/payments/${body.id}`)
  assert.equal(read.body.amount_refunded_cents, 1000)
  const refund = await app.get(`/refunds/${refundId}`)
  assert.equal(refund.body.amount_cents, 500)
})

test('what the provider refuses is refused, and the payment made for it is over', async () => {
  const refused = await chargedWith('pm_nobody_knows', {})
  assert.equal(refused.status, 422, refused.text)
  assert.equal(refused.body.code, 'provider_refused_request')
  assert.match(refused.body.detail, /No such/)
  const [attempt] = await app.sql(
    `select a.status, p.status as payment, p.id from payment_attempts a join payments p on p.id = a.payment_id
     where a.request_id = $1`,
    [refused.body.request_id],
  )
  assert.deepEqual([attempt.status, attempt.payment], ['failed', 'failed'])
  const late = await app.post(`/payments/${attempt.id}/confirm`, { payment_method: 'pm_card_visa' })
  assert.equal(late.body.code, 'payment_already_failed')
})

test('a text that cannot be stored is refused by name, wherever it is', async () => {
  const bad = ['"\\ud800"', '"a\\u0000b"']
  const bodies = bad.flatMap((text) => [
    `"user_id":${text}`,
    `"user_id":"a","reference":${text}`,
    `"user_id":"a","metadata":{"a":${text}}`,
    `"user_id":"a","metadata":{${text}:"a"}`,
  ])
  for (const body of bodies) {
    const raw = `{"amount_cents":1000,"currency":"USD",${body}}`
    const { status, text } = await app.post('/payments', undefined, { raw })
    assert.equal(status, 400, `${raw} ${text}`)
  }
})

test('a call that needs nothing said needs no body', async () => {
  const { body } = await authorize(900)
  const answer = await fetch(`${app.url}/payments/${body.id}/capture`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}` },
  })
  assert.equal(answer.status, 200, await answer.text())
})

test('the timeline shows what was asked of the provider', async () => {
  const { body } = await app.post('/payments', charge)
  const timeline = await app.get(`/payments/${body.id}/timeline`)
  const attempt = timeline.body.items.find((item: { kind: string }) => item.kind === 'attempt')
  assert.equal(attempt.title, 'create succeeded', timeline.text)
  assert.equal(attempt.detail.amount_cents, 1000)
})

test('the metrics tell of payments, of repeats, and of what Stripe refused', async () => {
  const names = [
    'payment_requests_total{status="succeeded"}',
    'payment_processing_duration_seconds_count',
    'idempotency_cache_hits_total',
    'stripe_api_errors_total{type="StripeCardError"}',
  ]
  const read = async () => {
    const lines = (await (await fetch(`${app.url}/metrics`)).text()).split('\n')
    const lineOf = (name: string) => lines.find((line) => line.startsWith(`${name} `))
    return names.map((name) => Number(lineOf(name)?.split(' ').at(-1) ?? 0))
  }
  const before = await read()
  await app.post('/payments', charge, { key: 'counted-1' })
  await app.post('/payments', charge, { key: 'counted-1' })
  await chargedWith('pm_card_visa_chargeDeclined')
  const after = await read()
  assert.deepEqual(
    after.map((value, index) => value - (before[index] ?? 0)),
    [1, 2, 1, 1],
    'a repeat is neither another payment nor another time',
  )
})

test('after all of it every effect is known once and the books balance', () =>
  assertConsistent(app))

test('while an outcome is not known, nothing is asked that would have to build on it', async () => {
  await using silent = await openPaymentsApp({ role: 'api', webhooks: false })
  const { body } = await silent.post('/payments', { ...charge, capture_method: 'manual' })
  await silent.fault({ operation: 'payment_intents.capture', mode: 'timeout_after' })
  const unknown = await silent.post(`/payments/${body.id}/capture`)
  assert.equal(unknown.status, 202, unknown.text)
  for (const step of ['capture', 'cancel', 'confirm']) {
    const refused = await silent.post(`/payments/${body.id}/${step}`)
    assert.equal(refused.status, 409)
    assert.equal(refused.body.code, 'payment_operation_in_progress')
    assert.equal(refused.headers.get('retry-after'), '2')
  }
  const known = await silent.post(
    `/payments/${body.id}/capture`,
    {},
    {
      key: unknown.headers.get('idempotency-key') ?? '',
    },
  )
  assert.equal(known.body.status, 'succeeded', known.text)
})

test('without a provider to ask nothing is begun', async () => {
  await using alone = await openPaymentsApp({
    // Production: elsewhere the sandbox comes up where nobody named a Stripe.
    environment: { APP_ENV: 'production', STRIPE_SECRET_KEY: '', STRIPE_API_BASE: '' },
  })
  const refused = await alone.post('/payments', charge)
  assert.equal(refused.status, 409)
  assert.equal(refused.body.code, 'provider_not_connected')
  assert.deepEqual(await alone.sql('select id from payments'), [])
})
