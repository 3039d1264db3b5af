/** The provider: the hostile sandbox on a socket, and the client that calls it, where every call is a point. */
import assert from 'node:assert/strict'
import type { FaultMode } from '../../../sandbox/faults/modes.ts'
import { openSandbox } from '../../../sandbox/sandbox.ts'
import type { CallStripe, StripeCall } from '../../../src/providers/stripe/client.ts'
import { openStripeClient } from '../../../src/providers/stripe/client.ts'
import type { EventBody } from '../../support/inbox.ts'
import type { AnswerMode, Mortal } from './mortal.ts'

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

/** How the sandbox is made to answer so. A connection that breaks at once is a time-out without the wait. */
const misbehaviors: Record<AnswerMode, { mode: FaultMode; delay_ms?: number }> = {
  unavailable: { mode: 'unavailable' },
  failed_after: { mode: 'error_after' },
  rate_limit: { mode: 'rate_limit' },
  key_in_use: { mode: 'key_in_use' },
  broken_before: { mode: 'timeout_before', delay_ms: 1 },
  broken_after: { mode: 'timeout_after', delay_ms: 1 },
  truncated: { mode: 'truncated' },
  html: { mode: 'html' },
  wrong_amount: { mode: 'wrong_amount' },
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
  const ask = async (method: string, path: string, body?: string) => {
    const answer = await fetch(`${sandbox.address}${path}`, {
      method,
      headers: { authorization: 'Bearer sk_test_net' },
      ...(body !== undefined && { body }),
      redirect: 'manual',
    })
    const text = await answer.text()
    assert.ok(answer.status < 400, `${method} ${path}: ${answer.status} ${text}`)
    return text
  }
  return {
    call: (mortal) => {
      const inStep = openStep()
      return (wanted) =>
        mortal.pass(`stripe ${nameOf(wanted)}`, {
          perform: () => inStep(call(wanted)),
          refuse: () => callNobody(wanted),
          repeat: async () => {
            await call(wanted)
            return call(wanted)
          },
          misanswer: async (mode) => {
            const body = JSON.stringify({ operation: '*', ...misbehaviors[mode] })
            await ask('POST', '/_sandbox/faults', body)
            try {
              return await call(wanted)
            } finally {
              const { faults } = JSON.parse(await ask('GET', '/_sandbox/faults'))
              assert.equal(faults[0].armed, 0, `${mode} was armed and never fired`)
            }
          },
        })
    },
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
      await ask('POST', '/_sandbox/reset', JSON.stringify({ seed: SEED }))
    },
    [Symbol.asyncDispose]: () => sandbox.close(),
  }
}

/** Answers to calls that were made together come together, so that one run is like the next. */
function openStep(): <T>(work: Promise<T>) => Promise<T> {
  let openCount = 0
  let step = Promise.withResolvers<void>()
  return async (work) => {
    openCount += 1
    const { promise } = step
    try {
      return await work
    } finally {
      openCount -= 1
      if (openCount === 0) {
        step.resolve()
        step = Promise.withResolvers()
      }
      await promise
    }
  }
}

/** Without ids and times, which are others in each run. */
function nameOf({ method, path }: StripeCall): string {
  const [plain = '', query] = path.split('?')
  const named = plain.replaceAll(/\/(?:pi|ch|re)_[^/]+/g, '/:id')
  return `${method} ${named}${query === undefined ? '' : '?'}`
}
