/** What a merchant asks for: money that is charged, held, taken, let go and given back. */

import { pursue, pursueTogether } from '../merchant.ts'
import type { Final, Finals, Order } from '../orders.ts'
import type { Scenario } from '../scenario.ts'
import type { World } from '../world.ts'

// Amounts that a floating-point number gets wrong on its way.
const wish = {
  user_id: 'user_net',
  amount_cents: 6410,
  currency: 'USD',
  confirm: true,
  metadata: { order_id: 'order_net' },
  payment_method: 'pm_card_visa',
}

const create = (key: string, changed: Record<string, unknown> = {}): Order => ({
  key,
  path: () => '/payments',
  body: { ...wish, ...changed },
})

/** Something that is asked for of a payment made before. */
const on =
  (deed: 'confirm' | 'capture' | 'cancel' | 'refund') =>
  (key: string, of: string, body: Order['body'] = {}): Order => ({
    ...{ key, body },
    path: (finals) => `/payments/${paymentOf(finals, of)}/${deed}`,
  })

const [confirm, capture, cancel, refund] = [
  on('confirm'),
  on('capture'),
  on('cancel'),
  on('refund'),
]

function paymentOf(finals: Finals, key: string): string {
  const { body } = finals.get(key) as Final
  return (JSON.parse(body) as { id: string }).id
}

/** The provider tells by webhooks, after it answered. */
const told = (name: string, orders: readonly Order[]): Scenario => ({
  name,
  events: [],
  orders,
  act: async (app, world) => {
    await pursue(app, world.merchant)
    await world.hearProvider()
    for (const delivery of [...world.undelivered.values()]) await app.deliver(delivery)
    await app.work()
  },
})

export const chargedAndRefunded = told('charged and refunded', [
  create('charge'),
  refund('refund', 'charge', { amount_cents: 1640 }),
])
export const heldAndCaptured = told('held, and captured in part', [
  create('hold', { capture_method: 'manual' }),
  capture('capture', 'hold', { amount_cents: 3000 }),
])
export const heldAndCanceled = told('held, and let go', [
  create('hold', { capture_method: 'manual' }),
  cancel('cancel', 'hold'),
])
export const declinedThenPaid = told('declined, and paid with another card', [
  create('charge', { payment_method: 'pm_card_chargeDeclined' }),
])
export const createdThenConfirmed = told('created, and confirmed later', [
  create('create', { confirm: false, payment_method: undefined }),
  confirm('confirm', 'create', { payment_method: 'pm_card_visa' }),
])

/** Three customers at the same moment: their payments are begun in one commit and recorded in another. */
export const paidTogether: Scenario = {
  ...told('three paid at the same moment', [
    create('first'),
    create('together-1'),
    create('together-2'),
    create('together-3'),
  ]),
  act: async (app, world) => {
    // Who asks is known from then on: several lookups at once would end in any order.
    await pursue(app, { ...world.merchant, orders: world.merchant.orders.slice(0, 1) })
    await pursueTogether(app, world.merchant)
    await app.work()
  },
}

/** Nobody tells of anything, and nobody asks again: the answer is all there is, and the workers have to get it. */
export const withoutWebhooks: Scenario = {
  name: 'charged by a provider that never tells',
  events: [],
  orders: [create('charge'), refund('refund', 'charge', { amount_cents: 1640 })],
  isSilent: true,
  isPatient: true,
  act: async (app, world) => {
    await pursue(app, world.merchant)
    await app.work()
  },
}

/** Nobody comes back, and nobody tells: either nothing was begun, or the workers see it through. */
export const abandoned: Scenario = {
  name: 'charged for a merchant who never comes back',
  events: [],
  orders: [create('charge')],
  isSilent: true,
  isAbandoned: true,
  act: async (app, world) => {
    await pursue(app, world.merchant)
    await app.work()
  },
}

/** The customer answers their bank, wherever a payment waits for that. */
async function passChallenge(_: unknown, world: World): Promise<boolean> {
  const waiting = await world.sql(`select provider_reference as intent from payments
    where status = 'requires_action' and provider_reference is not null`)
  let count = 0
  for (const { intent } of waiting) {
    if (await world.provider.answerChallenge(intent, 'complete')) count += 1
  }
  return count > 0
}

/** The charge happens while nobody of us is there: only the provider tells of it. */
export const authenticated: Scenario = {
  ...told('authenticated by the bank of the customer', [
    create('charge', { payment_method: 'pm_card_threeDSecure2Required' }),
  ]),
  act: async (app, world) => {
    await pursue(app, world.merchant)
    await world.hearProvider()
    for (const delivery of [...world.undelivered.values()]) await app.deliver(delivery)
    await app.work()
    await passChallenge(app, world)
    await world.hearProvider()
    for (const delivery of [...world.undelivered.values()]) await app.deliver(delivery)
    await app.work()
  },
  insist: passChallenge,
}
