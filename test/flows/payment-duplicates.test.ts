import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import {
  assertConsistent,
  type Body,
  charge,
  openPaymentsApp,
  type PaymentsApp,
} from '../support/payments-app.ts'
import { startPayonce } from '../support/process.ts'
import { deliver, deliverBody, makeAtProvider } from '../support/provider-by-hand.ts'

const operationOf = async (app: PaymentsApp, step: string): Promise<string> => {
  const [row] = await app.sql(
    'select operation_id from payment_attempts where step = $1 order by id desc limit 1',
    [step],
  )
  return row.operation_id
}

const secondIntent = async (app: PaymentsApp, more: Record<string, string> = {}) =>
  makeAtProvider(app, '/v1/payment_intents', {
    ...{ amount: '1000', currency: 'usd', confirm: 'true', payment_method: 'pm_card_visa' },
    'allowed_payment_method_types[]': 'card',
    'metadata[payonce_operation]': await operationOf(app, 'create'),
    ...more,
  })

const undone = (app: PaymentsApp, paymentId: string, state = 'undone', count = 1) =>
  eventually(
    () => app.sql('select * from payments where duplicate_of_payment_id = $1', [paymentId]),
    (rows) => rows.length >= count && rows.every((row) => row.duplicate_undo === state),
  )

const settleSoon = { environment: { PROVIDER_SETTLE_MS: '800' } }

test('of several effects of a request that timed out one is adopted, and the others are undone', async () => {
  await using app = await openPaymentsApp({ webhooks: false, ...settleSoon })
  await app.sql(`update provider_accounts set idempotency = 'ignored'`)
  await app.fault({ operation: 'payment_intents.create', mode: 'timeout_after' })
  const first = await app.post('/payments', charge, { key: 'several' })
  assert.equal(first.status, 202)
  await secondIntent(app)
  await secondIntent(app, { capture_method: 'manual' })
  await secondIntent(app, { confirm: 'false' })
  const { id } = first.body
  const paid = await app.settled(id, (payment) => payment.status === 'succeeded')
  assert.equal(paid.amount_received_cents, 1000)
  const duplicates = await undone(app, id, 'undone', 3)
  assert.deepEqual(duplicates.map(({ status }) => status).toSorted(), [
    'canceled',
    'canceled',
    'succeeded',
  ])
  await assertConsistent(app)
  const { charges, refunds } = await app.effects()
  const kept = charges.filter((one: Body) => one.amount_captured - one.amount_refunded > 0)
  assert.deepEqual(
    kept.map((one: Body) => one.payment_intent),
    [paid.stripe_payment_intent_id],
    'the customer pays once',
  )
  assert.equal(refunds.length, 1)
  const { body: list } = await app.get('/payments')
  assert.deepEqual(
    list.items.map((one: Body) => one.id),
    [id],
    'a second effect is no payment of its own',
  )
  const { body: timeline } = await app.get(`/payments/${id}/timeline`)
  assert.match(timeline.explanation, /made it a second time \(pay_\w+\), which was undone/)
  const titles = timeline.items.map(({ title }: Body) => title)
  for (const title of [
    'payment.duplicate_found',
    'refund succeeded',
    'cancel succeeded',
    'refund',
  ]) {
    assert.ok(titles.includes(title), `${title} in ${titles}`)
  }
  const told = await app.sql(
    `select distinct type from outbox_events where ordering_key = any($1)`,
    [duplicates.map((row) => row.id)],
  )
  assert.ok(!told.some(({ type }) => type === 'payment.succeeded' || type === 'payment.created'))
})

test('a second effect that turns up late, told by webhook alone, is undone', async () => {
  await using app = await openPaymentsApp()
  const { body: paid } = await app.post('/payments', charge, { key: 'late' })
  assert.equal(paid.status, 'succeeded')
  const second = await secondIntent(app)
  const [duplicate] = await undone(app, paid.id)
  assert.equal(duplicate.provider_reference, second.id)
  const { body: shown } = await app.get(`/payments/${duplicate.id}`)
  assert.equal(shown.duplicate_of_payment_id, paid.id)
  assert.equal(shown.amount_refunded_cents, 1000)
  const { body: refused } = await app.post(`/payments/${duplicate.id}/capture`, {})
  assert.equal(refused.code, 'payment_not_capturable')
  const { body: timeline } = await app.get(`/payments/${duplicate.id}/timeline`)
  assert.match(timeline.explanation, new RegExp(`made ${paid.id} a second time`))
  await assertConsistent(app)
  const { body: revenue } = await app.get('/revenue')
  assert.equal(
    revenue.items[0].net_cents + revenue.items[0].fees_cents,
    1000,
    JSON.stringify(revenue),
  )
})

test('a second effect of which only the charge is told is refunded by its intent', async () => {
  await using app = await openPaymentsApp({ webhooks: false })
  const { body: paid } = await app.post('/payments', charge, { key: 'charge' })
  const second = await secondIntent(app)
  await deliver(app, second.latest_charge)
  const [duplicate] = await undone(app, paid.id)
  assert.ok([second.id, second.latest_charge].includes(duplicate.provider_reference))
  const { refunds } = await app.effects()
  assert.equal(refunds.length, 1)
})

test('each step of the undoing is in the history and is told, as is what the request names', async () => {
  await using app = await openPaymentsApp({ webhooks: false })
  const { body: paid } = await app.post('/payments', charge, { key: 'told' })
  const second = await secondIntent(app)
  await deliver(app, second.latest_charge)
  const [{ id }] = await undone(app, paid.id)
  const history = await app.sql(
    `select kind, before, after, actor from payment_events where subject_id = $1 and after->'duplicate_undo' is not null order by id`,
    [id],
  )
  assert.deepEqual(
    history.map(({ kind, before, after }) => [kind, before?.duplicate_undo, after.duplicate_undo]),
    [
      ['payment.duplicate_found', undefined, 'due'],
      ['payment.duplicate_updated', 'due', 'refunding'],
      ['payment.duplicate_updated', 'refunding', 'undone'],
    ],
  )
  const [, begun] = history
  assert.equal(begun?.actor, 'worker')
  assert.equal(begun?.before.provider_reference, second.latest_charge)
  assert.equal(begun?.after.provider_reference, second.id)
  const told = await app.sql(
    'select sequence::int, type, payload from outbox_events where ordering_key = $1 order by sequence',
    [id],
  )
  assert.deepEqual(
    told.map(({ sequence }) => sequence),
    told.map((_, index) => index + 1),
  )
  const steps = told.filter(({ type }) => type.startsWith('payment.duplicate_'))
  const states = steps.map(({ payload }) => payload.data.duplicate_undo)
  assert.deepEqual([...new Set(states)], ['due', 'refunding', 'undone'])
})

for (const mode of ['timeout_before', 'timeout_after', 'error_after', 'effect_late', 'truncated']) {
  for (const idempotency of ['honored', 'ignored']) {
    test(`undone once although the answer is lost (${mode}, keys ${idempotency})`, async () => {
      await using app = await openPaymentsApp(settleSoon)
      await app.sql('update provider_accounts set idempotency = $1', [idempotency])
      const { body: paid } = await app.post('/payments', charge, { key: 'lost' })
      for (const operation of ['refunds.create', 'payment_intents.cancel']) {
        await app.fault({ operation, mode, ...(mode === 'effect_late' && { delay_ms: 1500 }) })
      }
      await secondIntent(app)
      await secondIntent(app, { capture_method: 'manual' })
      await undone(app, paid.id, 'undone', 2)
      await app.settled(paid.id, () => true)
      await eventually(
        () => app.sql(`select id from payment_attempts where settled_at is null`),
        (rows) => rows.length === 0,
      )
      await assertConsistent(app)
      const { refunds } = await app.effects()
      assert.equal(refunds.length, 1)
    })
  }
}

test('what carries our mark with another amount is shown and left to a person', async () => {
  await using app = await openPaymentsApp()
  const { body: paid } = await app.post('/payments', charge, { key: 'copied' })
  await secondIntent(app, { amount: '900' })
  const [duplicate] = await undone(app, paid.id, 'left')
  const { body: timeline } = await app.get(`/payments/${paid.id}/timeline`)
  assert.match(timeline.explanation, /not undone by itself: a person decides/)
  const { status, text } = await app.post(`/payments/${duplicate.id}/refund`, {}, { key: 'person' })
  assert.equal(status, 200, text)
  await undone(app, paid.id)
  await assertConsistent(app)
})

test('an answer about another effect than the one a webhook told of first is a second effect', async () => {
  await using app = await openPaymentsApp()
  await app.control('POST', '/webhooks', { drop: 1 })
  await app.fault({ operation: 'payment_intents.create', mode: 'slow', delay_ms: 900 })
  const asking = app.post('/payments', charge, { key: 'overtaken' })
  await eventually(
    () => app.sql('select operation_id from payment_attempts'),
    (rows) => rows.length === 1,
  )
  const rival = await secondIntent(app)
  await deliver(app, rival.id)
  const answer = await asking
  assert.ok(answer.status === 201 || answer.status === 202, answer.text)
  const { id } = answer.body
  const paid = await app.settled(id, ({ status }) => status === 'succeeded')
  assert.equal(paid.stripe_payment_intent_id, rival.id)
  const [duplicate] = await undone(app, id)
  assert.notEqual(duplicate.provider_reference, rival.id)
  await assertConsistent(app)
})

test('one of which a failed charge is told first is canceled all the same', async () => {
  await using app = await openPaymentsApp({ webhooks: false })
  const { body: paid } = await app.post('/payments', charge, { key: 'declined' })
  const second = await secondIntent(app, { confirm: 'false' })
  const metadata = { payonce_operation: await operationOf(app, 'create') }
  await deliverBody(app, {
    ...{ id: 'evt_failed', object: 'event', type: 'charge.failed', created: second.created },
    ...{ livemode: false, api_version: '2026-03-25' },
    data: {
      object: {
        ...{ id: 'ch_failed', object: 'charge', payment_intent: second.id, status: 'failed' },
        ...{ amount: 1000, currency: 'usd', captured: false, paid: false, metadata },
      },
    },
  })
  await undone(app, paid.id, 'due')
  await deliver(app, second.id)
  await undone(app, paid.id)
  const [row] = await app.sql(
    `select step, status from payment_attempts where payment_id <> '${paid.id}'`,
  )
  assert.deepEqual(row, { step: 'cancel', status: 'succeeded' })
})

test('what a person left of one is refunded although the request was lost and keys are ignored', async () => {
  await using app = await openPaymentsApp({ webhooks: false, ...settleSoon })
  await app.sql(`update provider_accounts set idempotency = 'ignored'`)
  const { body: paid } = await app.post('/payments', charge, { key: 'rest' })
  const second = await secondIntent(app)
  const given = { payment_intent: second.id, amount: '600' }
  const refund = await makeAtProvider(app, '/v1/refunds', given)
  await app.fault({ operation: 'refunds.create', mode: 'timeout_before' })
  await deliver(app, refund.id)
  await deliver(app, second.id)
  const [duplicate] = await undone(app, paid.id)
  assert.equal(duplicate.refunded_minor, '1000')
  await app.assertFired()
  const { refunds } = await app.effects()
  assert.equal(refunds.length, 2)
})

test('those that nobody here can undo are not in the way of the others', async () => {
  await using app = await openPaymentsApp()
  const { body: paid } = await app.post('/payments', charge, { key: 'crowd' })
  await secondIntent(app)
  const [first] = await undone(app, paid.id)
  // Of a mode that this process has no key for, and first in the order of ids.
  const mode = { livemode: true, duplicate_undo: 'due', refunded_minor: 0 }
  await app.sql(
    `insert into payments select (jsonb_populate_record(p, $1 || jsonb_build_object('id', 'pay_00' || n))).*
      from payments p, generate_series(100, 140) n where p.id = $2`,
    [mode, first.id],
  )
  const { id } = await secondIntent(app)
  await eventually(
    () => app.sql('select duplicate_undo from payments where provider_reference = $1', [id]),
    (rows) => rows[0]?.duplicate_undo === 'undone',
  )
})

test('a refund that was made twice counts twice, and a person is told', async () => {
  await using app = await openPaymentsApp({ webhooks: false, ...settleSoon })
  await app.sql(`update provider_accounts set idempotency = 'ignored'`)
  const { body: paid } = await app.post('/payments', charge, { key: 'refunded' })
  await app.fault({ operation: 'refunds.create', mode: 'timeout_after' })
  const asked = await app.post(
    `/payments/${paid.id}/refund`,
    { amount_cents: 300 },
    { key: 'twice' },
  )
  assert.equal(asked.status, 202, asked.text)
  await makeAtProvider(app, '/v1/refunds', {
    ...{ payment_intent: paid.stripe_payment_intent_id, amount: '300' },
    'metadata[payonce_operation]': await operationOf(app, 'refund'),
  })
  await app.settled(paid.id, (payment) => payment.amount_refunded_cents === 600)
  const { body: timeline } = await app.get(`/payments/${paid.id}/timeline`)
  assert.match(timeline.explanation, /made one refund more than it was asked for/)
  await assertConsistent(app)
})

test('a worker killed with a refund of a second effect on the wire leaves one refund', async () => {
  await using app = await openPaymentsApp({ role: 'api', webhooks: false, ...settleSoon })
  await app.sql(`update provider_accounts set idempotency = 'ignored'`)
  const { body: paid } = await app.post('/payments', charge, { key: 'killed' })
  const second = await secondIntent(app)
  await deliver(app, second.id)
  await app.fault({ operation: 'refunds.create', mode: 'slow', delay_ms: 3_000 })
  const victim = startPayonce({
    args: ['--role', 'worker'],
    environment: { ...app.environment, PROVIDER_TIMEOUT_MS: '10000', PORT: '0' },
  })
  await eventually(
    () => app.control('GET', '/faults'),
    ({ faults }) => faults[0].fired === 1,
  )
  victim.kill('SIGKILL')
  await victim.exited
  const [left] = await app.sql(`select status from payment_attempts where step = 'refund'`)
  assert.equal(left.status, 'sent')
  await app.sql('update clock_offset set seconds = seconds + 30 returning seconds')
  await app.start('worker')
  await undone(app, paid.id)
  await eventually(
    () => app.sql(`select id from payment_attempts where settled_at is null`),
    (rows) => rows.length === 0,
  )
  await assertConsistent(app)
  const { refunds } = await app.effects()
  assert.equal(refunds.length, 1)
})
