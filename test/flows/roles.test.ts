import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openDatabase } from '../../src/store/db.ts'
import { createTestDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { freePort, startPayonce } from '../support/process.ts'
import { stripeSignature } from '../support/stripe-signature.ts'

const secret = 'whsec_roles_0123456789abcdef'
const apiKey = 'payonce_test_roles0123456789abcdefghijklmnop'

test('an API process and a worker process share one database, and the worker is woken', async () => {
  await using database = await createTestDatabase()
  const port = await freePort()
  const environment = {
    DATABASE_URL: database.url,
    PORT: String(port),
    STRIPE_WEBHOOK_SECRET: secret,
    BOOTSTRAP_API_KEY: apiKey,
    PAYONCE_DATA_DIR: '/nonexistent/never-written',
    APP_ENV: 'production',
    INSTALLATION_ID: 'roles-test',
  }
  const api = startPayonce({ args: ['--role', 'api'], environment })
  const worker = startPayonce({ args: ['--role', 'worker'], environment })
  try {
    await Promise.all([api.ready, worker.ready])
    for (const told of [secret, apiKey])
      assert.doesNotMatch(api.output(), new RegExp(told), 'no secret is printed')
    const object = {
      id: 'pi_1',
      object: 'payment_intent',
      status: 'succeeded',
      amount: 700,
      currency: 'eur',
    }
    const body = JSON.stringify({
      id: 'evt_1',
      object: 'event',
      type: 'payment_intent.succeeded',
      created: 1_750_000_000,
      livemode: false,
      data: { object },
    })
    const answer = await fetch(`http://127.0.0.1:${port}/webhooks/stripe`, {
      method: 'POST',
      headers: { 'stripe-signature': stripeSignature(body, secret) },
      body,
    })
    assert.deepEqual(await answer.json(), { received: true })
    const revenue = async () => {
      const told = await fetch(`http://127.0.0.1:${port}/revenue`, {
        headers: { 'x-api-key': apiKey },
      })
      return (await told.json()) as { items: { currency: string; gross_cents: number }[] }
    }
    const { items } = await eventually(revenue, (told) => told.items.length > 0, 10_000)
    assert.equal(items[0]?.gross_cents, 700)
    await using reader = openDatabase({ url: database.url, poolSize: 1, applicationName: 'test' })
    const { rows } = await reader.query<{ ms: number }>({
      name: 'wait',
      text: `select (extract(epoch from o.applied_at - e.received_at) * 1000)::float8 as ms from inbox_events e
        join inbox_outcomes o on o.inbox_event_id = e.id`,
    })
    assert.ok((rows[0]?.ms ?? 1e9) < 900, 'no poll interval of a second was waited for')

    // Every connection of both processes is lost at once; both go on.
    await reader.query({
      name: 'lose_connections',
      text: `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'payonce%'
        and datname = current_database()`,
    })
    const again = body.replaceAll('evt_1', 'evt_2').replaceAll('pi_1', 'pi_2')
    const post = async () => {
      const told = await fetch(`http://127.0.0.1:${port}/webhooks/stripe`, {
        method: 'POST',
        headers: { 'stripe-signature': stripeSignature(again, secret) },
        body: again,
      })
      return told.status
    }
    await eventually(post, (status) => status === 200, 10_000)
    await eventually(revenue, (told) => told.items[0]?.gross_cents === 1400, 10_000)
  } finally {
    api.kill('SIGTERM')
    worker.kill('SIGTERM')
    assert.deepEqual([await api.exited, await worker.exited], [0, 0])
  }
})
