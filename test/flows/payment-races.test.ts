import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openDatabase } from '../../src/store/db.ts'
import { eventually } from '../support/eventually.ts'
import {
  type Answer,
  assertConsistent,
  type Body,
  charge,
  openPaymentsApp,
  type PaymentsApp,
} from '../support/payments-app.ts'
import { freePort, startPayonce } from '../support/process.ts'

let app: PaymentsApp
before(async () => {
  app = await openPaymentsApp()
})
after(() => app[Symbol.asyncDispose]())

const statusesOf = (answers: Answer[]) => answers.map(({ status }) => status).toSorted()

test('fifty requests with one key on two API processes have one effect and one answer', async () => {
  const ports = await Promise.all([freePort(), freePort()])
  const processes = ports.map((port) =>
    startPayonce({
      args: ['--role', 'api'],
      environment: { ...app.environment, PORT: String(port) },
    }),
  )
  try {
    await Promise.all(processes.map((process) => process.ready))
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        app.post('/payments', charge, {
          key: 'fifty',
          at: `http://127.0.0.1:${ports[index % 2]}`,
        }),
      ),
    )
    const done = answers.filter(({ status }) => status === 201)
    assert.ok(done.length >= 1)
    assert.equal(new Set(done.map(({ text }) => text)).size, 1)
    for (const answer of answers) {
      if (answer.status === 201) continue
      assert.equal(answer.status, 409, answer.text)
      assert.equal(answer.body.code, 'idempotency_key_in_use')
      assert.equal(answer.headers.get('retry-after'), '1')
    }
    const repeat = await app.post('/payments', charge, { key: 'fifty' })
    assert.equal(repeat.text, done[0]?.text)
    const { charges } = await app.effects()
    assert.equal(charges.length, 1)
  } finally {
    for (const process of processes) process.kill('SIGTERM')
    await Promise.all(processes.map((process) => process.exited))
  }
})

test('refunds side by side never give back more than was received', async () => {
  const { body } = await app.post('/payments', charge)
  const answers = await Promise.all(
    // More than a pool has connections: whoever holds the payment must never wait for those who wait for it.
    Array.from({ length: 30 }, () =>
      app.post(`/payments/${body.id}/refund`, { amount_cents: 300 }),
    ),
  )
  assert.deepEqual(statusesOf(answers), [200, 200, 200, ...Array(27).fill(409)])
  const refused = answers.filter(({ status }) => status === 409)
  for (const { body: told } of refused) assert.equal(told.code, 'refund_exceeds_received_amount')
  await assertConsistent(app)
})

test('of a capture and a cancellation side by side one wins, and the other is told why', async () => {
  for (let round = 0; round < 5; round++) {
    const { body } = await app.post('/payments', { ...charge, capture_method: 'manual' })
    const answers = await Promise.all([
      app.post(`/payments/${body.id}/capture`),
      app.post(`/payments/${body.id}/cancel`),
      app.post(`/payments/${body.id}/capture`, { amount_cents: 10 }),
    ])
    assert.deepEqual(
      statusesOf(answers),
      [200, 409, 409],
      JSON.stringify(answers.map((a) => a.body)),
    )
    const won = answers.find(({ status }) => status === 200)
    const read = await app.get(`/payments/${body.id}`)
    assert.equal(read.body.status, won?.body.status)
  }
  await assertConsistent(app)
})

test('one key on a payment side by side is one capture, and nobody is told that it cannot be', async () => {
  const { body } = await app.post('/payments', { ...charge, capture_method: 'manual' })
  const path = `/payments/${body.id}/capture`
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => app.post(path, {}, { key: `capture-${body.id}` })),
  )
  const done = answers.filter(({ status }) => status === 200)
  assert.equal(new Set(done.map(({ text }) => text)).size, 1)
  for (const { status, body: told } of answers) {
    if (status === 409) assert.equal(told.code, 'idempotency_key_in_use')
    else assert.equal(status, 200)
  }
})

test('what is under way at the provider cannot be begun beside it', async () => {
  const { body } = await app.post('/payments', { ...charge, capture_method: 'manual' })
  await app.fault({ operation: 'payment_intents.capture', mode: 'slow', delay_ms: 700 })
  const [captured, canceled] = await Promise.all([
    app.post(`/payments/${body.id}/capture`, {}, { key: 'slow-capture' }),
    (async () => {
      await app.settled(body.id, (payment: Body) => payment.status === 'succeeded')
      return app.post(`/payments/${body.id}/cancel`)
    })(),
  ])
  assert.equal(captured.status, 200, captured.text)
  assert.equal(canceled.body.code, 'payment_already_succeeded', canceled.text)
  await app.assertFired()
})

test('a webhook before the answer, after it, and none at all give the same payment', async () => {
  const states: object[] = []
  for (const way of ['before', 'after', 'never'] as const) {
    await using one = await openPaymentsApp({ webhooks: way !== 'never' })
    if (way === 'before') {
      for (const operation of ['payment_intents.create', 'refunds.create']) {
        await one.fault({ operation, mode: 'slow', delay_ms: 700 })
      }
    }
    const made = await one.post('/payments', charge, { key: 'order' })
    const refunded = await one.post(
      `/payments/${made.body.id}/refund`,
      { amount_cents: 400 },
      { key: 'r' },
    )
    assert.equal(refunded.status, 200, refunded.text)
    if (way !== 'never') {
      const { refunds } = await one.effects()
      assert.equal(refunds.length, 1)
    }
    await assertConsistent(one)
    const payments = await one.sql(
      `select status, provider_reference, received_minor, refunded_minor, amount_minor, currency, idempotency_key, origin,
        metadata, last_error, user_id from payments`,
    )
    const attempts = await one.sql(
      'select step, status, error, provider_reference from payment_attempts order by id',
    )
    const refundRows = await one.sql(
      'select status, provider_reference, amount_minor, reason from refunds',
    )
    const answers = await one.sql('select key, status from idempotency_keys order by key')
    states.push({ payments, attempts, refundRows, answers })
  }
  assert.deepEqual(states[1], states[0])
  assert.deepEqual(states[2], states[0])
})

test('payments that somebody keeps locked hold up no other answer', async () => {
  await using app = await openPaymentsApp({ webhooks: false })
  const delay = { operation: 'payment_intents.create', mode: 'slow', times: 12, delay_ms: 700 }
  await app.fault(delay)
  const references = Array.from({ length: 12 }, (_, index) => `locked-${index}`)
  const answers = references.map((reference) => app.post('/payments', { ...charge, reference }))
  await eventually(
    () => app.sql('select id from payments where reference = any($1)', [references]),
    (rows) => rows.length === references.length,
    10_000,
  )
  const keeper = openDatabase({ url: app.databaseUrl, poolSize: 1, applicationName: 'keeper' })
  try {
    await keeper.transaction(async (tx) => {
      // As many as there are commits at a time, and more.
      const kept = references.slice(0, 4)
      await tx.query({
        name: 'keep',
        text: 'select from payments where reference = any($1) order by id for update',
        values: [kept],
      })
      assert.deepEqual(statusesOf(await Promise.all(answers.slice(4))), Array(8).fill(201))
    })
  } finally {
    await keeper.close()
  }
  assert.deepEqual(statusesOf(await Promise.all(answers)), Array(12).fill(201))
  await assertConsistent(app)
})
