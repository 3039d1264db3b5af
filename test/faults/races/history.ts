/**
 * What clients asked for and were told, one line a call. A call is `ok` or `fail` when its answer says so, `busy` when
 * another one under its key is at work, and `unknown` when nobody can tell from the answer whether anything happened.
 */
import type { Body } from '../../support/payments-app.ts'

export type Tenant = { merchantId: string; apiKey: string }

/** One thing a client wants done once, however often it is asked for. */
export type Deed = {
  tenant: Tenant
  kind: 'create' | 'confirm' | 'capture' | 'cancel' | 'refund'
  path: string
  body: Record<string, unknown>
  key?: string
  /** of ours, for everything but a creation */
  paymentId?: string
}
export type Outcome = 'ok' | 'fail' | 'busy' | 'unknown'
export type Call = {
  deed: Deed
  outcome: Outcome
  /** undefined: there was no answer */
  status: number | undefined
  text: string
  body: Body
}

export type History = {
  calls: Call[]
  /** asks a process, and writes down what came of it */
  ask(deed: Deed, url: string): Promise<Call>
}

const ANSWER_MS_MAX = 30_000

export function openHistory(): History {
  const calls: Call[] = []
  return {
    calls,
    ask: async (deed, url) => {
      const call = await send(deed, url)
      calls.push(call)
      return call
    },
  }
}

async function send(deed: Deed, url: string): Promise<Call> {
  try {
    const answer = await fetch(`${url}${deed.path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${deed.tenant.apiKey}`,
        'content-type': 'application/json',
        ...(deed.key !== undefined && { 'idempotency-key': deed.key }),
      },
      body: JSON.stringify(deed.body),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    })
    const text = await answer.text()
    const body = JSON.parse(text)
    return { deed, text, body, status: answer.status, outcome: outcomeOf(answer.status, body) }
  } catch (error) {
    return { deed, outcome: 'unknown', status: undefined, text: String(error), body: {} }
  }
}

function outcomeOf(status: number, { code }: Body): Outcome {
  if (status === 202 || status >= 500) return 'unknown'
  if (code === 'idempotency_key_in_use') return 'busy'
  return status < 300 ? 'ok' : 'fail'
}
