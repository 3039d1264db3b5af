import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  assertConsistent,
  charge,
  openPaymentsApp,
  type PaymentsApp,
} from '../support/payments-app.ts'

let app: PaymentsApp
before(async () => {
  app = await openPaymentsApp()
})
after(() => app[Symbol.asyncDispose]())

const challenged = { ...charge, payment_method: 'pm_card_authenticationRequired' }

async function challenge(more: object = {}) {
  const { status, body } = await app.post('/payments', {
    ...challenged,
    return_url: 'https://shop.example/return?order=1',
    ...more,
  })
  assert.equal(status, 201, JSON.stringify(body))
  assert.equal(body.status, 'requires_action')
  assert.equal(body.next_action.type, 'redirect_to_url')
  assert.equal(body.next_action.return_url, 'https://shop.example/return?order=1')
  return body
}
const answer = (url: string, outcome: 'complete' | 'fail') =>
  fetch(`${url}/${outcome}`, { method: 'POST', redirect: 'manual' })

test('a payment that needs authentication says where, and succeeds once the customer was there', async () => {
  const body = await challenge()
  const returned = await answer(body.next_action.url, 'complete')
  assert.ok(returned.status < 400, String(returned.status))
  const paid = await app.settled(body.id, (payment) => payment.status === 'succeeded')
  assert.equal(paid.next_action, null)
  assert.equal(paid.amount_received_cents, 1000)
  // A customer who answers twice changes nothing.
  await answer(body.next_action.url, 'complete')
  const { charges } = await app.effects()
  assert.equal(charges.length, 1)
})

test('a failed authentication is a decline, and another card may pay', async () => {
  const body = await challenge()
  await answer(body.next_action.url, 'fail')
  const failed = await app.settled(
    body.id,
    (payment) => payment.status === 'requires_payment_method',
  )
  assert.equal(failed.last_error.code, 'payment_intent_authentication_failure')
  const paid = await app.post(`/payments/${body.id}/confirm`, { payment_method: 'pm_card_visa' })
  assert.equal(paid.body.status, 'succeeded', paid.text)
})

test('a payment that waits for the customer can be canceled', async () => {
  const body = await challenge()
  const canceled = await app.post(`/payments/${body.id}/cancel`)
  assert.equal(canceled.body.status, 'canceled', canceled.text)
  assert.equal(canceled.body.next_action, null)
})

test('a confirmation that comes late, when the customer has paid already, is told that it succeeded', async () => {
  await using silent = await openPaymentsApp({ webhooks: false })
  const made = await silent.post('/payments', {
    ...challenged,
    return_url: 'https://shop.example/return',
  })
  await answer(made.body.next_action.url, 'complete')
  // No webhook told us, so what we ask for is done already; the provider says so and a read shows it.
  const confirmed = await silent.post(`/payments/${made.body.id}/confirm`)
  assert.equal(confirmed.status, 200, confirmed.text)
  assert.equal(confirmed.body.status, 'succeeded')
  await assertConsistent(silent)
})

test('after all of it every effect is known once and the books balance', () =>
  assertConsistent(app))
