/** The provider: the hostile sandbox on a socket, and the client that calls it, where every call is a point. */
import assert from 'node:assert/strict'
import { openSandbox } from '../../../sandbox/sandbox.ts'
import type { CallStripe, StripeCall } from '../../../src/providers/stripe/client.ts'
import { openStripeClient } from '../../../src/providers/stripe/client.ts'
import type { EventBody } from '../../support/inbox.ts'
import type { Mortal } from './mortal.ts'

type Charge = {
  id: string
  payment_intent: string
  amount: number
  amount_captured: number
  amount_refunded: number
  currency: string
  status: string
}
type Refund = {
  id: string
  payment_intent: string
  amount: number
  currency: string
  status: string
}
/** The truth about money at the provider. */
export type Effects = { charges: Charge[]; refunds: Refund[] }

export type Provider = AsyncDisposable & {
  call: (mortal: Mortal) => CallStripe
  effects(): Promise<Effects>
  /** everything it would tell by webhooks, oldest first */
  events(): Promise<EventBody[]>
  /** the customer passes or fails the challenge of their bank; false: there is none */
  answerChallenge(intent: string, how: 'complete' | 'fail'): Promise<boolean>
  reset(): Promise<void>
}

const SEED = 7
const TIMEOUT_MS = 5_000
const NOBODY_LISTENS = 'http://127.0.0.1:1'

export async function openProvider(): Promise<Provider> {
  const sandbox = await openSandbox({
    seed: SEED,
    durable: false,
    // A fee comes after a time of its own, so it would come in one run and not in another.
    timing: { feeMissingRate: 1 },
  })
  const options = { secretKey: 'sk_test_net', timeoutMs: TIMEOUT_MS }
  const call = openStripeClient({ ...options, apiBase: sandbox.address })
  const callNobody = openStripeClient({ ...options, apiBase: NOBODY_LISTENS })
  const ask = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${sandbox.address}${path}`, {
      method,
      headers: { authorization: 'Bearer sk_test_net' },
      ...(body && { body: JSON.stringify(body) }),
      redirect: 'manual',
    })
    const text = await answer.text()
    assert.ok(answer.status < 400, `${method} ${path}: ${answer.status} ${text}`)
    return text
  }
  return {
    call: (mortal) => (wanted) =>
      mortal.pass(`stripe ${nameOf(wanted)}`, {
        perform: () => call(wanted),
        refuse: () => callNobody(wanted),
        repeat: async () => {
          await call(wanted)
          return call(wanted)
        },
      }),
    effects: async () => JSON.parse(await ask('GET', '/_sandbox/effects')) as Effects,
    events: async () => {
      const list = JSON.parse(await ask('GET', '/v1/events?limit=100')) as { data: EventBody[] }
      return list.data.toReversed()
    },
    answerChallenge: async (intent, how) => {
      const found = JSON.parse(await ask('GET', `/v1/payment_intents/${intent}`))
      if (found.status !== 'requires_action') return false
      await ask('POST', `/3ds/${intent}/${how}`)
      return true
    },
    reset: async () => {
      await ask('DELETE', '/_sandbox/faults')
      await ask('POST', '/_sandbox/reset', { seed: SEED })
    },
    [Symbol.asyncDispose]: () => sandbox.close(),
  }
}

/** Without ids and times, which are others in each run. */
function nameOf({ method, path }: StripeCall): string {
  const [plain = '', query] = path.split('?')
  const named = plain.replaceAll(/\/(?:pi|ch|re)_[^/]+/g, '/:id')
  return `${method} ${named}${query === undefined ? '' : '?'}`
}
