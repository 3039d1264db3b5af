import assert from 'node:assert/strict'
import { test } from 'node:test'
import { paid } from './support/control.ts'
import { openFor } from './support/open.ts'
import { rejection } from './support/rejection.ts'

const challenged = { ...paid, payment_method: 'pm_card_authenticationRequired' }
const returnUrl = 'https://shop.example/done?order=7'

test('3D Secure: the page leads to the bank, and back to the shop', async (t) => {
  const { stripe } = await openFor(t)
  const intent = await stripe.paymentIntents.create({ ...challenged, return_url: returnUrl })
  assert.equal(intent.status, 'requires_action')
  const page = intent.next_action?.redirect_to_url?.url ?? ''
  const html = await (await fetch(page)).text()
  assert.match(html, /<button id="complete">/)
  const answer = await fetch(`${page}/complete`, { method: 'POST', redirect: 'manual' })
  assert.equal(answer.status, 303)
  const back = new URL(answer.headers.get('location') ?? '')
  assert.deepEqual(Object.fromEntries(back.searchParams), {
    order: '7',
    payment_intent: intent.id,
    payment_intent_client_secret: intent.client_secret,
    redirect_status: 'succeeded',
  })
  const done = await stripe.paymentIntents.retrieve(intent.id, { expand: ['latest_charge'] })
  assert.equal(done.status, 'succeeded')
  const again = await fetch(`${page}/fail`, { method: 'POST', redirect: 'manual' })
  assert.match(again.headers.get('location') ?? '', /redirect_status=succeeded/)
  assert.match(await (await fetch(page)).text(), /nothing to confirm/)
  assert.equal((await stripe.charges.list({ payment_intent: intent.id })).data.length, 1)
})

test('3D Secure: who fails it pays nothing, and may try another card', async (t) => {
  const { stripe } = await openFor(t)
  const intent = await stripe.paymentIntents.create(challenged)
  const page = String(intent.next_action?.use_stripe_sdk?.stripe_js)
  const answer = await fetch(`${page}/fail`, { method: 'POST' })
  assert.deepEqual(await answer.json(), {
    id: intent.id,
    status: 'requires_payment_method',
    return_url: null,
  })
  const open = await stripe.paymentIntents.retrieve(intent.id)
  assert.equal(open.last_payment_error?.code, 'payment_intent_authentication_failure')
  const [event] = (await stripe.events.list({ type: 'payment_intent.payment_failed' })).data
  assert.ok(event)
  const retry = await stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa' })
  assert.equal(retry.status, 'succeeded')
})

test('3D Secure: a card may be declined after it', async (t) => {
  const { stripe } = await openFor(t)
  const intent = await stripe.paymentIntents.create({
    ...paid,
    payment_method: 'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds',
  })
  const page = String(intent.next_action?.use_stripe_sdk?.stripe_js)
  await fetch(`${page}/complete`, { method: 'POST' })
  const open = await stripe.paymentIntents.retrieve(intent.id)
  assert.equal(open.status, 'requires_payment_method')
  assert.equal(open.last_payment_error?.decline_code, 'insufficient_funds')
})

test('without the cardholder a challenge is a decline, unless the card was set up for that', async (t) => {
  const { stripe } = await openFor(t)
  const error = await rejection(stripe.paymentIntents.create({ ...challenged, off_session: true }))
  assert.equal(error.code, 'authentication_required')
  const strict = await rejection(
    stripe.paymentIntents.create({ ...challenged, error_on_requires_action: true }),
  )
  assert.equal(strict.decline_code, 'authentication_required')
  const payment_method = 'pm_card_authenticationRequiredSetupForOffSession'
  const off = await stripe.paymentIntents.create({ ...paid, payment_method, off_session: true })
  assert.equal(off.status, 'succeeded')
  const on = await stripe.paymentIntents.create({ ...paid, payment_method })
  assert.equal(on.status, 'requires_action')
})

test('the page is for those who ask rightly', async (t) => {
  const { sandbox, stripe } = await openFor(t)
  const { id } = await stripe.paymentIntents.create(challenged)
  assert.equal((await fetch(`${sandbox.address}/3ds/pi_none`)).status, 404)
  assert.equal((await fetch(`${sandbox.address}/3ds/${id}/maybe`, { method: 'POST' })).status, 404)
  assert.equal((await fetch(`${sandbox.address}/3ds/${id}/complete`)).status, 405)
})
