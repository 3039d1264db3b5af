import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import type Stripe from 'stripe'
import { openSandbox } from '../../sandbox/sandbox.ts'
import { startVerification } from '../../src/providers/stripe/verify-webhook.ts'
import { eventually } from '../support/eventually.ts'
import { connect } from './support/connect.ts'
import { paid } from './support/control.ts'
import { around, openFor, privateFolder } from './support/open.ts'

const secret = 'whsec_receiver'

type Delivery = { body: string; signature: string; event: Stripe.Event }

/** A shop's endpoint, which answers as it is told. */
async function receive(t: TestContext) {
  const deliveries: Delivery[] = []
  const state = { status: 200 }
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const signature = String(request.headers['stripe-signature'])
    deliveries.push({ body, signature, event: JSON.parse(body) as Stripe.Event })
    response.writeHead(state.status).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  const types = () => deliveries.map(({ event }) => event.type)
  const until = (count: number) =>
    eventually(
      async () => types(),
      (seen) => seen.length >= count,
      5000,
    )
  return { url, deliveries, state, types, until }
}

test('a webhook verifies with the official SDK and with our own verifier', async (t) => {
  const shop = await receive(t)
  const { stripe } = await openFor(t, { webhookUrl: shop.url, webhookSecret: secret })
  const intent = await stripe.paymentIntents.create(paid, { idempotencyKey: 'hook' })
  await shop.until(3)
  for (const { body, signature } of shop.deliveries) {
    const event = stripe.webhooks.constructEvent(body, signature, secret)
    assert.equal(event.request?.idempotency_key, 'hook')
    assert.equal(event.pending_webhooks, 1)
    const verification = startVerification({
      header: signature,
      secrets: [secret],
      nowSeconds: Date.now() / 1000,
    })
    verification.update(Buffer.from(body))
    assert.equal(verification.finish().ok, true)
  }
  assert.deepEqual(shop.types().sort(), [
    'charge.succeeded',
    'payment_intent.created',
    'payment_intent.succeeded',
  ])
  const paidEvent = shop.deliveries.find(({ event }) => event.type === 'payment_intent.succeeded')
  assert.ok(paidEvent)
  assert.equal((paidEvent.event.data.object as Stripe.PaymentIntent).id, intent.id)
  const events = await eventually(
    () => stripe.events.list({ delivery_success: true }),
    ({ data }) => data.length === 3,
    5000,
  )
  assert.equal(events.data[0]?.pending_webhooks, 0)
})

test('an event holds the object as it was then', async (t) => {
  const { stripe } = await openFor(t)
  await stripe.paymentIntents.create(paid)
  const { data } = await stripe.events.list({ type: 'payment_intent.*' })
  const statuses = data.map(({ data: { object } }) => (object as Stripe.PaymentIntent).status)
  assert.deepEqual(statuses, ['succeeded', 'requires_confirmation'])
  const [last] = data
  assert.deepEqual((await stripe.events.retrieve(last?.id ?? '')).data, last?.data)
})

test('endpoints are registered, changed and deleted through the API', async (t) => {
  const shop = await receive(t)
  const { stripe } = await openFor(t)
  const endpoint = await stripe.webhookEndpoints.create({
    url: shop.url,
    enabled_events: ['charge.succeeded'],
  })
  await stripe.paymentIntents.create(paid)
  await shop.until(1)
  const [delivery] = shop.deliveries
  assert.ok(delivery && endpoint.secret)
  const event = stripe.webhooks.constructEvent(delivery.body, delivery.signature, endpoint.secret)
  assert.equal(event.type, 'charge.succeeded')
  const read = await stripe.webhookEndpoints.retrieve(endpoint.id)
  assert.equal(read.secret, undefined)
  const off = await stripe.webhookEndpoints.update(endpoint.id, { disabled: true })
  assert.equal(off.status, 'disabled')
  await stripe.paymentIntents.create(paid)
  assert.equal((await stripe.webhookEndpoints.list()).data.length, 1)
  assert.equal((await stripe.webhookEndpoints.del(endpoint.id)).deleted, true)
  assert.equal((await stripe.webhookEndpoints.list()).data.length, 0)
  assert.deepEqual(shop.types(), ['charge.succeeded'])
})

test('what is not acknowledged is sent again, as the test clock goes', async (t) => {
  const shop = await receive(t)
  shop.state.status = 500
  const { stripe, control } = await openFor(t, { webhookUrl: shop.url, webhookSecret: secret })
  await stripe.paymentIntents.create({ ...paid, confirm: false })
  await shop.until(1)
  const failed = await stripe.events.list({ delivery_success: false })
  assert.equal(failed.data[0]?.pending_webhooks, 1)
  shop.state.status = 200
  await eventually(
    async () => {
      await control.advance(60)
      return shop.deliveries.length
    },
    (count) => count >= 2,
    5000,
  )
  assert.equal(shop.deliveries[0]?.event.id, shop.deliveries[1]?.event.id)
})

test('events are duplicated, dropped and shuffled by the seed', async (t) => {
  const shop = await receive(t)
  const { stripe, control } = await openFor(t, { webhookUrl: shop.url, webhookSecret: secret })
  await control.call('POST', 'webhooks', {
    duplicate: 0.3,
    drop: 0.2,
    delay_ms: [0, 50],
    shuffle: true,
  })
  for (let index = 0; index < 20; index++) await stripe.paymentIntents.create(paid)
  const { counts } = (await eventually(
    async () => (await control.call('GET', 'webhooks')).body,
    (body) => (body.counts as Record<string, number>).waiting === 0,
    10_000,
  )) as { counts: Record<string, number> }
  assert.ok(Number(counts.dropped) > 2 && Number(counts.duplicated) > 2, JSON.stringify(counts))
  const seen = shop.deliveries.map(({ event }) => event.id)
  assert.equal(seen.length, 60 - Number(counts.dropped) + Number(counts.duplicated))
  const all = await stripe.events.list({ limit: 100 })
  const inOrder = all.data.map(({ id }) => id).reverse()
  const places = seen.map((id) => inOrder.indexOf(id))
  assert.ok(places.some((place, index) => place < (places[index - 1] ?? -1)))
  const lost = await stripe.events.list({ limit: 100, delivery_success: false })
  assert.equal(lost.data.length, Number(counts.dropped))
  const wrong = await control.call('POST', 'webhooks', { drop: 2 })
  assert.deepEqual([wrong.status, (wrong.body.error as { field: string }).field], [400, 'drop'])
  for (const body of [{ delay_ms: [5] }, { delay_ms: 5 }, { shuffle: 1 }])
    assert.equal((await control.call('POST', 'webhooks', body)).status, 400)
})

test('what was owed when the sandbox ended is sent after it starts again', async (t) => {
  const shop = await receive(t)
  const dataDir = await privateFolder(t)
  const options = { dataDir, webhookUrl: shop.url, webhookSecret: secret }
  shop.state.status = 503
  const first = await openSandbox(options)
  await connect(first.address).paymentIntents.create(paid)
  await shop.until(3)
  await first.close()
  shop.state.status = 200
  shop.deliveries.length = 0
  const again = await openSandbox(options)
  t.after(() => again.close())
  await shop.until(3)
  const { stripe } = around(again)
  assert.equal((await stripe.webhookEndpoints.list()).data.length, 1)
  await eventually(
    () => stripe.events.list({ delivery_success: false }),
    ({ data }) => data.length === 0,
    5000,
  )
})
