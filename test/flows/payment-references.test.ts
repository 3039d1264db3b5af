import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { openSandbox } from '../../sandbox/sandbox.ts'
import { openDatabase } from '../../src/store/db.ts'
import { createTestDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import {
  assertConsistent,
  type Body,
  charge,
  openPaymentsApp,
  type PaymentsApp,
} from '../support/payments-app.ts'
import { deliver, makeAtProvider } from '../support/provider-by-hand.ts'
import { dropDatabase, runSql, urlOfDatabase } from '../support/test-server.ts'

const adopted = (app: PaymentsApp, reference: string): Promise<Body[]> =>
  eventually(
    () => app.sql('select * from payments where provider_reference = $1', [reference]),
    (rows) => rows.length === 1 && rows[0].status === 'succeeded',
  )

const byHand = (app: PaymentsApp, more: Record<string, string>) =>
  makeAtProvider(app, '/v1/payment_intents', {
    ...{ amount: '1000', currency: 'usd', confirm: 'true', payment_method: 'pm_card_visa' },
    'allowed_payment_method_types[]': 'card',
    ...more,
  })

test('an adopted payment that carries a reference is the one that reference stands for', async () => {
  await using app = await openPaymentsApp()
  const made = await byHand(app, {
    'metadata[payonce_reference]': 'order-7',
    'metadata[order]': '7',
  })
  const [row] = await adopted(app, made.id)
  assert.equal(row.reference, 'order-7')
  assert.deepEqual(row.metadata, { order: '7' })
  assert.equal(row.user_id, null)

  const other = await app.post(
    '/payments',
    { ...charge, amount_cents: 999, reference: 'order-7' },
    { key: 'other' },
  )
  assert.equal(other.status, 409, other.text)
  assert.equal(other.body.code, 'reference_already_used')
  assert.ok(other.body.detail.includes(row.id))

  const same = await app.post('/payments', { ...charge, reference: 'order-7' }, { key: 'same' })
  assert.equal(same.status, 200, same.text)
  assert.equal(same.body.id, row.id)
  assert.equal(
    same.body.user_id,
    charge.user_id,
    'the first request that names it tells whose it is',
  )
  const { body: read } = await app.get(`/payments/${row.id}`)
  assert.deepEqual(read, same.body)
  const stranger = await app.post(
    '/payments',
    { ...charge, user_id: 'somebody_else', reference: 'order-7' },
    { key: 'stranger' },
  )
  assert.equal(stranger.body.code, 'reference_already_used')
  const { charges } = await app.effects()
  assert.equal(charges.length, 1)
  await assertConsistent(app)
})

test('a reference stays with the first payment that carries it, and the other is a payment all the same', async () => {
  await using app = await openPaymentsApp()
  const carried = { 'metadata[payonce_reference]': 'order-8' }
  const { body: mine } = await app.post('/payments', { ...charge, reference: 'order-8' })
  const [first, second] = await Promise.all([byHand(app, carried), byHand(app, carried)])
  for (const { id } of [first, second]) {
    const [row] = await adopted(app, id)
    assert.equal(row.reference, null)
  }
  assert.equal(mine.reference, 'order-8')
  const long = await byHand(app, { 'metadata[payonce_reference]': 'x'.repeat(256) })
  const [unnamed] = await adopted(app, long.id)
  assert.equal(unnamed.reference, null, 'longer than a reference can be')
  const { body: list } = await app.get('/payments')
  assert.equal(list.items.length, 4)
  await assertConsistent(app)
})

test('a payment without the reference that another one has is refunded like any other', async () => {
  await using app = await openPaymentsApp({ webhooks: false })
  await app.post('/payments', { ...charge, reference: 'order-11' })
  const made = await byHand(app, { 'metadata[payonce_reference]': 'order-11' })
  await deliver(app, made.id)
  const [row] = await adopted(app, made.id)
  const asked = await app.post(`/payments/${row.id}/refund`, { amount_cents: 300 })
  assert.equal(asked.status, 200, asked.text)
  // The event tells of the refund alone, and nothing of the reference.
  const refund = await makeAtProvider(app, '/v1/refunds', {
    payment_intent: made.id,
    amount: '200',
  })
  await deliver(app, refund.id)
  const told = await app.settled(row.id, (payment) => payment.amount_refunded_cents === 500)
  assert.equal(told.reference, null)
  await assertConsistent(app)
})

test('a request that waits for the payment of its reference holds up no other', async () => {
  await using app = await openPaymentsApp({ webhooks: false })
  const made = await byHand(app, { 'metadata[payonce_reference]': 'order-12' })
  await deliver(app, made.id)
  await adopted(app, made.id)
  await using database = openDatabase({
    ...{ url: app.databaseUrl, poolSize: 1, applicationName: 'holder' },
  })
  const released = Promise.withResolvers<void>()
  const held = Promise.withResolvers<void>()
  const holding = database.transaction(async (tx) => {
    await tx.query({ name: 'hold', text: 'select id from payments for update' })
    held.resolve()
    await released.promise
  })
  await held.promise
  const waiting = ['a', 'b', 'c'].map((key) =>
    app.post('/payments', { ...charge, reference: 'order-12' }, { key }),
  )
  const { status } = await app.post('/payments', charge, { key: 'other' })
  assert.equal(status, 201)
  released.resolve()
  await holding
  for (const answer of await Promise.all(waiting)) assert.equal(answer.status, 200, answer.text)
})

test('two payments adopted at one moment do not both take a reference', async () => {
  await using app = await openPaymentsApp()
  const carried = { 'metadata[payonce_reference]': 'order-9' }
  const made = await Promise.all(Array.from({ length: 6 }, () => byHand(app, carried)))
  for (const { id } of made) await adopted(app, id)
  const rows = await app.sql(`select id from payments where reference = 'order-9'`)
  assert.equal(rows.length, 1)
  const dead = await app.sql('select inbox_event_id from dead_letters')
  assert.deepEqual(dead, [])
})

test('a payment lost in a restore is found by its reference under another key, and not charged again', async () => {
  await using original = await createTestDatabase()
  await using sandbox = await openSandbox({ seed: 7, report: () => {} })
  const shared = { databaseUrl: original.url, sandbox, webhooks: false }
  await (await openPaymentsApp(shared))[Symbol.asyncDispose]()
  const name = `test_${randomBytes(8).toString('hex')}`
  const template = new URL(original.url).pathname.slice(1)
  const serverUrl = urlOfDatabase(original.url, 'postgres')
  await runSql(serverUrl, `create database ${name} template ${template}`)
  try {
    const body = { ...charge, reference: 'order-10', metadata: { order: '10' } }
    let lost: Body
    {
      await using before = await openPaymentsApp(shared)
      lost = (await before.post('/payments', body, { key: 'lost' })).body
      assert.deepEqual(lost.metadata, { order: '10' }, 'what is ours is not shown as theirs')
    }
    await using restored = await openPaymentsApp({
      ...shared,
      databaseUrl: urlOfDatabase(original.url, name),
    })
    await deliver(restored, lost.stripe_payment_intent_id)
    const [row] = await adopted(restored, lost.stripe_payment_intent_id)
    assert.equal(row.reference, 'order-10')
    const answers = await Promise.all(
      ['another', 'lost'].map((key) => restored.post('/payments', body, { key })),
    )
    for (const { status, body: told } of answers) {
      assert.equal(status, 200)
      assert.equal(told.id, row.id)
      assert.equal(told.stripe_payment_intent_id, lost.stripe_payment_intent_id)
    }
    await assertConsistent(restored)
    const { charges } = await restored.effects()
    assert.equal(charges.length, 1)
  } finally {
    await dropDatabase(serverUrl, name)
  }
})
