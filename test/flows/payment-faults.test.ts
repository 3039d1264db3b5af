import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type PaymentStatus, paymentTransitions } from '../../src/domain/payment.ts'
import { eventually } from '../support/eventually.ts'
import {
  type Answer,
  assertConsistent,
  type Body,
  charge,
  openPaymentsApp,
  type PaymentsApp,
  wish,
} from '../support/payments-app.ts'
import { deliver, deliverBody, eventsOf } from '../support/provider-by-hand.ts'

type Fault = { mode: string; times?: number; delay_ms?: number; spares?: string }

/** Every way in which a call can go wrong; a call takes a second at most, so `slow` is a key that is in use. */
const faults: Fault[] = [
  { mode: 'timeout_before' },
  { mode: 'timeout_after' },
  // That a creation was answered with a failure and did nothing can be proved by nothing that is there: see below.
  { mode: 'error_before', spares: 'payment_intents.create' },
  { mode: 'error_after' },
  { mode: 'rate_limit', times: 3 },
  { mode: 'reset' },
  { mode: 'slow', delay_ms: 2500 },
  { mode: 'truncated' },
  { mode: 'html' },
  { mode: 'wrong_amount' },
  { mode: 'effect_late', delay_ms: 1500 },
]
const APP_COUNT = 4

type Operation = { name: string; path: string; body: object; status: string }

/** One operation of each kind, on payments made before any fault is armed. */
async function prepare(app: PaymentsApp): Promise<Operation[]> {
  const manual = { ...charge, capture_method: 'manual' }
  const made = async (body: object) => `/payments/${(await app.post('/payments', body)).body.id}`
  const [waiting, held, released, charged] = await Promise.all([
    made({ ...wish, payment_method: 'pm_card_visa' }),
    made(manual),
    made(manual),
    made(charge),
  ])
  const captured = { amount_cents: 600 }
  return [
    { name: 'payment_intents.create', path: '/payments', body: charge, status: 'succeeded' },
    { name: 'payment_intents.confirm', path: `${waiting}/confirm`, body: {}, status: 'succeeded' },
    {
      name: 'payment_intents.capture',
      path: `${held}/capture`,
      body: captured,
      status: 'succeeded',
    },
    { name: 'payment_intents.cancel', path: `${released}/cancel`, body: {}, status: 'canceled' },
    {
      name: 'refunds.create',
      path: `${charged}/refund`,
      body: { amount_cents: 600 },
      status: 'succeeded',
    },
  ]
}

/** Asked once under the fault, then repeated until its final answer is there, which then never changes. */
async function runFaulty(app: PaymentsApp, mode: string, operation: Operation): Promise<void> {
  const { name, path, body, status } = operation
  const key = `${mode}-${name}`
  const told = `${name} under ${mode}`
  const first = await app.post(path, body, { key })
  if (first.status === 202) {
    assert.equal(first.headers.get('retry-after'), '2')
    assert.match(first.headers.get('location') ?? '', /^\/payments\/pay_/)
    if (path === '/payments') assert.equal(first.body.status, 'processing', told)
  } else {
    assert.ok(first.status === 200 || first.status === 201, `${told}: ${first.text}`)
  }
  const paymentId: string = first.body.payment_id ?? first.body.id
  await app.settled(paymentId, (payment: Body) => payment.status === status)
  const final = await eventually(
    () => app.post(path, body, { key }),
    (answer: Answer) => answer.status !== 202 && answer.status !== 409,
  )
  assert.ok(final.status === 200 || final.status === 201, `${told}: ${final.text}`)
  if (first.status !== 202) assert.equal(final.text, first.text, told)
  const again = await app.post(path, body, { key })
  assert.equal(again.text, final.text, told)
}

/** What a payment's events tell of its status goes along the edges of the table; a status may be skipped. */
async function assertLegal(app: PaymentsApp): Promise<void> {
  const told = await app.sql(`select ordering_key as id, payload->'data'->>'status' as status
    from outbox_events where type like 'payment.%' order by ordering_key, sequence`)
  let previous: Body
  for (const one of told) {
    if (previous?.id === one.id && previous.status !== one.status) {
      const edges: readonly string[] = paymentTransitions[previous.status as PaymentStatus]
      assert.ok(edges.includes(one.status), `${one.id}: ${previous.status} to ${one.status}`)
    }
    previous = one
  }
}

for (const webhooks of [true, false]) {
  const name = webhooks ? 'a provider that tells by webhook' : 'a provider that has to be asked'
  describe(name, { concurrency: APP_COUNT }, () => {
    for (const { mode, spares, ...more } of faults) {
      test(`${mode}: each operation has one effect, and its answer comes`, async () => {
        await using app = await openPaymentsApp({
          webhooks,
          environment: { PROVIDER_SETTLE_MS: '1000' },
        })
        const operations = (await prepare(app)).filter((operation) => operation.name !== spares)
        for (const operation of operations) {
          await app.fault({ operation: operation.name, mode, ...more })
        }
        await Promise.all(operations.map((operation) => runFaulty(app, mode, operation)))
        await app.assertFired()
        await assertConsistent(app)
        await assertLegal(app)
      })
    }
  })
}

test('a failure of the provider without an effect never reads like one, and says when it is looked at again', async () => {
  await using app = await openPaymentsApp({ webhooks: false })
  await app.fault({ operation: 'payment_intents.create', mode: 'error_before' })
  const first = await app.post('/payments', charge, { key: 'failed' })
  assert.equal(first.status, 202, first.text)
  const { body: timeline } = await app.get(`/payments/${first.body.id}/timeline`)
  assert.match(timeline.explanation, /the provider failed while it was asked to create it/)
  assert.ok(timeline.next_action_at !== null)
  const looked = () => app.sql('select status, check_count, next_at from payment_attempts')
  const [attempt] = await eventually(looked, ([row]) => row.check_count >= 3)
  assert.ok(['unknown', 'sent'].includes(attempt.status), attempt.status)
  const read = await app.get(`/payments/${first.body.id}`)
  assert.equal(read.body.status, 'processing')
  const { charges } = await app.effects()
  assert.equal(charges.length, 0)
})

test('an account that ignores keys is asked once, and its effect is found and adopted', async () => {
  await using app = await openPaymentsApp({
    webhooks: false,
    environment: { PROVIDER_SETTLE_MS: '1500' },
  })
  await app.sql(`update provider_accounts set idempotency = 'ignored'`)
  await app.fault({ operation: 'payment_intents.create', mode: 'timeout_after' })
  const first = await app.post('/payments', charge, { key: 'ignored' })
  assert.equal(first.status, 202)
  await app.settled(first.body.id, (payment) => payment.status === 'succeeded')
  await assertConsistent(app)
  const { charges } = await app.effects()
  assert.equal(charges.length, 1)
})

test('a provider that cannot be reached gets the request later; one that stays away is not begun with', async () => {
  await using app = await openPaymentsApp({ webhooks: false })
  const { port } = app.sandbox
  await app.sandbox.close()
  const first = await app.post('/payments', charge, { key: 'away' })
  assert.equal(first.status, 202, first.text)
  const [attempt] = await app.sql('select status, reason from payment_attempts')
  assert.equal(attempt.reason, 'unsent')
  for (let n = 0; n < 12; n++) await app.post('/payments', charge, { key: `away-${n}` })
  const refused = await app.post('/payments', charge, { key: 'refused' })
  assert.equal(refused.status, 503, refused.text)
  assert.equal(refused.body.code, 'provider_unavailable')
  assert.ok(Number(refused.headers.get('retry-after')) > 0)
  const circuit = async () => {
    const { body } = await app.get('/health/ready')
    const shown = (await app.get('/metrics')).text.matchAll(
      /provider_circuit_state\{provider="stripe",state="(\w+)"\} 1/g,
    )
    return [
      body.status,
      body.degraded,
      body.checks.provider.ok,
      [...shown].map(([, state]) => state),
    ]
  }
  assert.deepEqual(await circuit(), ['ready', ['provider'], false, ['OPEN']])
  const kept = await app.sql(`select key from idempotency_keys where key = 'refused'`)
  assert.deepEqual(kept, [], 'nothing was begun')
  await using _back = await app.reopenSandbox(port)
  await app.settled(first.body.id, (payment) => payment.status === 'succeeded')
  assert.deepEqual(await circuit(), ['ready', [], true, ['CLOSED']])
})

test('a read that lags behind a stored answer takes nothing back', async () => {
  await using app = await openPaymentsApp({ webhooks: false })
  await app.fault({ operation: 'payment_intents.create', mode: 'timeout_after' })
  await app.fault({ operation: 'payment_intents.retrieve', mode: 'stale_read', delay_ms: 60_000 })
  const first = await app.post('/payments', charge, { key: 'stale' })
  assert.equal(first.status, 202)
  await app.settled(first.body.id, (payment) => payment.status === 'succeeded')
  await app.assertFired()
  const final = await app.post('/payments', charge, { key: 'stale' })
  assert.equal(final.body.status, 'succeeded', final.text)
  await assertConsistent(app)
})

for (const lateSeconds of [0, 2]) {
  test(`an event ${lateSeconds} s after something was made takes nothing back that an answer dated before it told`, async () => {
    await using app = await openPaymentsApp({ webhooks: false })
    // The provider's clock is ahead of the date of its answers, as by the tick of a second.
    await app.control('POST', '/clock', { advance_seconds: 60 })
    const { body } = await app.post('/payments', { ...charge, capture_method: 'manual' })
    assert.equal(body.status, 'requires_capture')
    const [event] = await eventsOf(app, body.provider_reference, 'payment_intent.created')
    await deliverBody(app, { ...event, created: event.created + lateSeconds })
    await eventually(
      () => app.sql('select status from inbox_outcomes'),
      (outcomes) => outcomes.length > 0,
    )
    assert.equal((await app.get(`/payments/${body.id}`)).body.status, 'requires_capture')
    await assertLegal(app)
  })
}

for (const first of ['the answer', 'an event']) {
  test(`a capture that its answer dates later than its events is booked once, ${first} coming first`, async () => {
    await using app = await openPaymentsApp({
      ...{ webhooks: false, environment: { PROVIDER_TIMEOUT_MS: '5000' } },
    })
    await app.fault({ operation: 'payment_intents.create', mode: 'slow', delay_ms: 2100 })
    const asking = app.post('/payments', charge)
    const { charges } = await eventually(app.effects, (effects) => effects.charges.length > 0)
    const tellAll = async () => {
      for (const { id, payment_intent } of charges) {
        await deliver(app, payment_intent)
        await deliver(app, id)
      }
      const waiting = () => app.sql('select inbox_event_id from inbox_queue')
      await eventually(waiting, (rows) => rows.length === 0)
    }
    if (first === 'an event') await tellAll()
    const { body } = await asking
    assert.equal(body.status, 'succeeded')
    await tellAll()
    const entries = await app.sql('select kind, revision from journal_entries')
    assert.deepEqual(entries, [{ kind: 'capture', revision: 1 }])
    await assertConsistent(app)
  })
}
