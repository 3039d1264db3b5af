/** What comes in from the provider, and what the workers make of it. */
import type { EventBody } from '../../../support/inbox.ts'
import { deliveryOf } from '../delivery.ts'
import type { Scenario } from '../scenario.ts'

const tell = (id: string, type: string, created: number, object: object): EventBody => ({
  id: `evt_net_${id}`,
  type,
  created: 1_750_000_000 + created,
  data: { object: object as Record<string, unknown> },
})

const intent = (status: string, more: object = {}) => ({
  id: 'pi_net',
  object: 'payment_intent',
  amount: 5000,
  currency: 'usd',
  status,
  capture_method: 'automatic',
  amount_capturable: 0,
  amount_received: status === 'succeeded' ? 5000 : 0,
  last_payment_error: null,
  metadata: { order_id: 'order_net' },
  ...(status === 'succeeded' && { latest_charge: 'ch_net' }),
  ...more,
})

const charge = (more: object = {}) => ({
  id: 'ch_net',
  object: 'charge',
  payment_intent: 'pi_net',
  amount: 5000,
  amount_captured: 5000,
  amount_refunded: 0,
  currency: 'usd',
  captured: true,
  paid: true,
  refunded: false,
  status: 'succeeded',
  balance_transaction: null,
  ...more,
})

const refund = (status: string) => ({
  id: 're_net',
  object: 'refund',
  amount: 1200,
  currency: 'usd',
  charge: 'ch_net',
  payment_intent: 'pi_net',
  status,
  created: 1_750_000_010,
  reason: 'requested_by_customer',
})

const fee = { id: 'txn_net', amount: 5000, fee: 175, currency: 'usd', created: 1_750_000_004 }

export const paid = [
  tell('created', 'payment_intent.created', 0, intent('requires_payment_method')),
  tell('charged', 'charge.succeeded', 2, charge()),
  tell('succeeded', 'payment_intent.succeeded', 2, intent('succeeded')),
  tell('fee', 'charge.updated', 4, charge({ balance_transaction: fee })),
]
export const refunded = [
  tell('refund', 'refund.created', 10, refund('pending')),
  tell('refunded', 'refund.updated', 12, refund('succeeded')),
]
export const poison = tell('poison', 'payment_intent.succeeded', 1, {
  ...intent('succeeded'),
  id: 'pi_net_poison',
  amount: 1.5,
})

/** A payment, its fee and its refund, each applied as it comes. */
export const webhooksInOrder: Scenario = {
  name: 'webhooks in order',
  events: [...paid, ...refunded],
  act: async (app) => {
    for (const event of paid) await app.deliver(deliveryOf(event))
    await app.work()
    for (const event of refunded) await app.deliver(deliveryOf(event))
    await app.work()
  },
}

/** Refunds before anybody knows of their payment; the payment brings them back. */
export const childrenFirst: Scenario = {
  name: 'children before their payment',
  events: [...paid, ...refunded],
  act: async (app) => {
    for (const event of refunded) await app.deliver(deliveryOf(event))
    await app.work()
    for (const event of paid) await app.deliver(deliveryOf(event))
    await app.work()
  },
}

/** The same bytes once more, before and after they were applied. */
export const deliveredTwice: Scenario = {
  name: 'each delivered twice',
  events: paid,
  act: async (app) => {
    for (const event of paid) await app.deliver(deliveryOf(event))
    for (const event of paid) await app.deliver(deliveryOf(event))
    await app.work()
    for (const event of paid) await app.deliver(deliveryOf(event))
    await app.work()
  },
}

/** One event of which nothing can be booked, in the same lane as good ones. */
export const poisonAmongGood: Scenario = {
  name: 'a poison event among good ones',
  events: [poison, ...paid],
  deadEventIds: [poison.id],
  act: async (app, world) => {
    await app.deliver(deliveryOf(poison))
    for (const event of paid) await app.deliver(deliveryOf(event))
    await app.work()
    await world.advance(4)
    await app.work()
  },
}
