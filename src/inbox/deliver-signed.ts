/** Delivers a body as Stripe would, truly signed, and reads the answer: for tests of an installation by itself. */
import { OWN_USER_AGENT } from '../domain/provider-event.ts'
import { signWebhook } from '../providers/stripe/sign-webhook.ts'

export type SignedDelivery = {
  /** where exactly it goes */
  address: string
  secret: string
  body: Uint8Array
  atSeconds: number
  signal?: AbortSignal
}

export type DeliveryAnswer = {
  status: number
  text: string
  /** the code of an answer of ours that says no; undefined when somebody else answered, or the answer is yes */
  code: string | undefined
  detail: string | undefined
  /** who answered, as it says itself */
  server: string | undefined
  location: string | undefined
}

const ANSWER_MS_MAX = 30_000

export function signedHeaders(delivery: Omit<SignedDelivery, 'address'>): Record<string, string> {
  const { body, secret, atSeconds } = delivery
  return {
    'content-type': 'application/json; charset=utf-8',
    'stripe-signature': signWebhook(body, secret, atSeconds),
  }
}

/** @throws whatever the network says when there is no answer */
export async function deliverSigned(delivery: SignedDelivery): Promise<DeliveryAnswer> {
  const { address, body, signal } = delivery
  const patience = AbortSignal.timeout(ANSWER_MS_MAX)
  const answer = await fetch(address, {
    method: 'POST',
    headers: { ...signedHeaders(delivery), 'user-agent': OWN_USER_AGENT },
    body,
    // Stripe follows no redirect either.
    redirect: 'manual',
    signal: signal === undefined ? patience : AbortSignal.any([signal, patience]),
  })
  const text = await answer.text()
  return {
    status: answer.status,
    text,
    ...readProblem(text),
    server: answer.headers.get('server') ?? undefined,
    location: answer.headers.get('location') ?? undefined,
  }
}

function readProblem(text: string): Pick<DeliveryAnswer, 'code' | 'detail'> {
  try {
    const { code, detail } = Object(JSON.parse(text)) as { code?: unknown; detail?: unknown }
    return {
      code: typeof code === 'string' ? code : undefined,
      detail: typeof detail === 'string' ? detail : undefined,
    }
  } catch (error) {
    // Not ours: a proxy answers in HTML.
    if (error instanceof SyntaxError) return { code: undefined, detail: undefined }
    throw error
  }
}
