/** What the provider does without being asked by us: make an object, and tell of one. */
import assert from 'node:assert/strict'
import { type Body, type PaymentsApp, webhookSecret } from './payments-app.ts'
import { stripeSignature } from './stripe-signature.ts'

/** An object made by somebody else, or by a provider that does not keep to keys: the same once more. */
export async function makeAtProvider(
  app: PaymentsApp,
  path: string,
  params: Record<string, string>,
): Promise<Body> {
  const answer = await fetch(`${app.sandbox.address}${path}`, {
    method: 'POST',
    headers: {
      authorization: 'Bearer sk_test_payments',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(params).toString(),
  })
  assert.equal(answer.status, 200, await answer.clone().text())
  return answer.json()
}

/** The provider's events about an object, all or of one type. */
export async function eventsOf(
  app: PaymentsApp,
  reference: string,
  type?: string,
): Promise<Body[]> {
  const only = type === undefined ? '' : `&type=${type}`
  const list = await fetch(`${app.sandbox.address}/v1/events?limit=100${only}`, {
    headers: { authorization: 'Bearer sk_test_payments' },
  })
  const { data } = (await list.json()) as Body
  const events = data.filter((event: Body) => event.data.object.id === reference)
  assert.ok(events.length > 0)
  return events
}

/** Delivers the provider's events about an object by hand. */
export async function deliver(app: PaymentsApp, reference: string): Promise<void> {
  for (const event of await eventsOf(app, reference)) await deliverBody(app, event)
}

export async function deliverBody(app: PaymentsApp, event: object): Promise<void> {
  const body = JSON.stringify(event)
  const { status } = await fetch(`${app.url}/webhooks/stripe`, {
    method: 'POST',
    headers: { 'stripe-signature': stripeSignature(body, webhookSecret) },
    body,
  })
  assert.equal(status, 200)
}
