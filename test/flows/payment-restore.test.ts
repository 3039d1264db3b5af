import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { openSandbox } from '../../sandbox/sandbox.ts'
import { createTestDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import {
  assertConsistent,
  charge,
  openPaymentsApp,
  webhookSecret,
} from '../support/payments-app.ts'
import { freePort } from '../support/process.ts'
import { dropDatabase, runSql, urlOfDatabase } from '../support/test-server.ts'

test('a request repeated after the database was restored to before it is the same charge', async () => {
  await using original = await createTestDatabase()
  await using sandbox = await openSandbox({ seed: 7, report: () => {} })
  const shared = { databaseUrl: original.url, sandbox, webhooks: false }
  // The first start makes the merchant; what the backup holds is as of then.
  await (await openPaymentsApp(shared))[Symbol.asyncDispose]()
  const name = `test_${randomBytes(8).toString('hex')}`
  const template = new URL(original.url).pathname.slice(1)
  const serverUrl = urlOfDatabase(original.url, 'postgres')
  await runSql(serverUrl, `create database ${name} template ${template}`)
  try {
    let lostId: string
    const body = { ...charge, reference: 'order-1', metadata: { order: '1' } }
    {
      await using lost = await openPaymentsApp(shared)
      const keyed = await lost.post('/payments', charge, { key: 'restored' })
      const referenced = await lost.post('/payments', body)
      assert.equal(keyed.body.status, 'succeeded')
      assert.equal(referenced.body.status, 'succeeded')
      lostId = keyed.body.stripe_payment_intent_id
    }
    await using restored = await openPaymentsApp({
      ...shared,
      databaseUrl: urlOfDatabase(original.url, name),
    })
    const again = await restored.post('/payments', charge, { key: 'restored' })
    assert.equal(again.status, 201, again.text)
    assert.equal(again.body.stripe_payment_intent_id, lostId)
    const byReference = await restored.post('/payments', body)
    assert.equal(byReference.body.status, 'succeeded', byReference.text)
    await assertConsistent(restored)
    const { charges } = await restored.effects()
    assert.equal(charges.length, 2)
  } finally {
    await dropDatabase(serverUrl, name)
  }
})

test('events of a payment lost in a restore wait for its request, and are applied with it', async () => {
  await using original = await createTestDatabase()
  const port = await freePort()
  await using sandbox = await openSandbox({
    seed: 7,
    webhookUrl: `http://127.0.0.1:${port}/webhooks/stripe`,
    webhookSecret,
    report: () => {},
  })
  const shared = { databaseUrl: original.url, sandbox, port }
  await (await openPaymentsApp(shared))[Symbol.asyncDispose]()
  const name = `test_${randomBytes(8).toString('hex')}`
  const template = new URL(original.url).pathname.slice(1)
  const serverUrl = urlOfDatabase(original.url, 'postgres')
  await runSql(serverUrl, `create database ${name} template ${template}`)
  try {
    {
      // Nobody takes its webhooks: they come again, after the restore.
      await using lost = await openPaymentsApp({ ...shared, port: 0 })
      const { body } = await lost.post('/payments', charge, { key: 'restored' })
      assert.equal(body.status, 'succeeded')
    }
    await using restored = await openPaymentsApp({
      ...shared,
      databaseUrl: urlOfDatabase(original.url, name),
    })
    const parked = () => restored.sql('select distinct inbox_event_id from inbox_parked')
    await eventually(parked, (rows) => rows.length >= 2)
    assert.deepEqual(await restored.sql('select id from payments'), [], 'ours is never adopted')
    const again = await restored.post('/payments', charge, { key: 'restored' })
    assert.equal(again.body.status, 'succeeded', again.text)
    await eventually(parked, (rows) => rows.length === 0)
    await assertConsistent(restored)
  } finally {
    await dropDatabase(serverUrl, name)
  }
})
