/** What a merchant asks for: money that is charged, held, taken, let go and given back. */

import type { Currency } from '../../../../src/domain/currencies.ts'
import { planCancellation } from '../../../../src/payments/cancel-payment.ts'
import { planCapture } from '../../../../src/payments/capture-payment.ts'
import { planConfirmation } from '../../../../src/payments/confirm-payment.ts'
import { type PaymentWish, planCreation } from '../../../../src/payments/create-payment.ts'
import { planRefund } from '../../../../src/payments/refund-payment.ts'
import { pursue } from '../merchant.ts'
import type { Final, Finals, Order } from '../orders.ts'
import type { Scenario } from '../scenario.ts'
import type { World } from '../world.ts'

const wish: PaymentWish = {
  userId: 'user_net',
  amountMinor: 5000n,
  currency: 'USD' as Currency,
  provider: 'stripe',
  captureMethod: 'automatic',
  confirm: true,
  metadata: { order_id: 'order_net' },
  paymentMethod: 'pm_card_visa',
  description: undefined,
  returnUrl: undefined,
}

const paymentOf = (finals: Finals, key: string): string => {
  const { body } = finals.get(key) as Final
  return (JSON.parse(body) as { id: string }).id
}

const create = (key: string, changed: Partial<PaymentWish> = {}): Order => ({
  key,
  path: () => '/payments',
  body: { wish: `${key} ${JSON.stringify(Object.values(changed).map(String))}` },
  plan: (request, deps) => planCreation(request, { ...wish, ...changed }, deps),
})

const refund = (key: string, of: string, amountMinor: bigint): Order => ({
  key,
  path: (finals) => `/payments/${paymentOf(finals, of)}/refund`,
  body: { amount_cents: Number(amountMinor) },
  plan: (request, _, finals) =>
    planRefund(request, paymentOf(finals, of), { amountMinor, reason: undefined }),
})

const capture = (key: string, of: string, amountMinor: bigint): Order => ({
  key,
  path: (finals) => `/payments/${paymentOf(finals, of)}/capture`,
  body: { amount_cents: Number(amountMinor) },
  plan: (request, _, finals) => planCapture(request, paymentOf(finals, of), { amountMinor }),
})

const cancel = (key: string, of: string): Order => ({
  key,
  path: (finals) => `/payments/${paymentOf(finals, of)}/cancel`,
  body: {},
  plan: (request, _, finals) =>
    planCancellation(request, paymentOf(finals, of), { reason: undefined }),
})

const confirm = (key: string, of: string, paymentMethod: string): Order => ({
  key,
  path: (finals) => `/payments/${paymentOf(finals, of)}/confirm`,
  body: { payment_method: paymentMethod },
  plan: (request, _, finals) =>
    planConfirmation(request, paymentOf(finals, of), { paymentMethod, returnUrl: undefined }),
})

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
  refund('refund', 'charge', 1200n),
])
export const heldAndCaptured = told('held, and captured in part', [
  create('hold', { captureMethod: 'manual' }),
  capture('capture', 'hold', 3000n),
])
export const heldAndCanceled = told('held, and let go', [
  create('hold', { captureMethod: 'manual' }),
  cancel('cancel', 'hold'),
])
export const declinedThenPaid = told('declined, and paid with another card', [
  create('charge', { paymentMethod: 'pm_card_chargeDeclined' }),
])
export const createdThenConfirmed = told('created, and confirmed later', [
  create('create', { confirm: false, paymentMethod: undefined }),
  confirm('confirm', 'create', 'pm_card_visa'),
])

/** Nobody tells of anything, and nobody asks again: the answer is all there is, and the workers have to get it. */
export const withoutWebhooks: Scenario = {
  name: 'charged by a provider that never tells',
  events: [],
  orders: [create('charge'), refund('refund', 'charge', 1200n)],
  isSilent: true,
  isPatient: true,
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
    create('charge', { paymentMethod: 'pm_card_threeDSecure2Required' }),
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
