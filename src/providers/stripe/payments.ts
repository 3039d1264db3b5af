/** Payments at Stripe: requests built, sent, and their effects looked for. Implements the port. */
import { asAnswered } from '../../domain/facts.ts'
import type {
  ObjectFactsTold,
  ProviderAnswer,
  ProviderFinding,
  ProviderPayments,
  Sending,
} from '../provider.ts'
import { amountOf } from './amounts.ts'
import { classifyFailure } from './classify.ts'
import type { CallStripe, StripeReply } from './client.ts'
import { operationOf } from './handlers/operation.ts'
import { stripeEvents } from './index.ts'
import { checkChargeable } from './limits.ts'
import { buildRequest } from './requests.ts'
import { currencyOf, integerOf, objectOf, type StripeObject, textOf } from './stripe-object.ts'

const LIST_COUNT_MAX = 100
const LIST_PAGES_MAX = 10
/** Our clock and the provider's may differ by as much when a list is asked for by time. */
const CLOCK_DIFFERENCE_SECONDS = 600

export function createStripePayments(call: CallStripe): ProviderPayments {
  return {
    name: 'stripe',
    isAvailable: () => true,
    buildRequest: (step, asked, paymentReference) => {
      if (step === 'create' && asked.amountMinor !== undefined) {
        checkChargeable(asked.amountMinor, asked.currency)
      }
      return buildRequest(step, asked, paymentReference)
    },
    send: (sending) => send(call, sending),
    find: (sending) => find(call, sending),
  }
}

async function send(call: CallStripe, sending: Sending): Promise<ProviderAnswer> {
  let reply: StripeReply
  try {
    reply = await call({
      method: 'POST',
      ...sending.request,
      idempotencyKey: sending.providerKey,
    })
  } catch (error) {
    return answerOfFailure(call, sending, error)
  }
  if (!isWhatWasAsked(reply.body, sending)) return { outcome: 'unknown', reason: 'answer_mismatch' }
  const providerReference = String(reply.body.id)
  return { outcome: 'accepted', facts: await newestFacts(call, reply, sending), providerReference }
}

async function answerOfFailure(
  call: CallStripe,
  sending: Sending,
  error: unknown,
): Promise<ProviderAnswer> {
  const failure = classifyFailure(error)
  switch (failure.outcome) {
    case 'unknown':
      return { outcome: 'unknown', reason: failure.reason }
    case 'unsent': {
      const { retryAfterSeconds, isUnreachable } = failure
      return { outcome: 'unsent', retryAfterSeconds, isUnreachable }
    }
    case 'refused':
    case 'contested':
      return { outcome: failure.outcome, error: failure.error }
    case 'declined': {
      const { intent, atSeconds, isReplay } = failure
      if (intent !== undefined && !isWhatWasAsked(intent, sending)) {
        return { outcome: 'unknown', reason: 'answer_mismatch' }
      }
      if (intent === undefined) {
        return {
          outcome: 'declined',
          facts: undefined,
          error: failure.error,
          providerReference: null,
        }
      }
      const reply = { body: intent, atSeconds, isReplay }
      return {
        outcome: 'declined',
        facts: await newestFacts(call, reply, sending),
        error: failure.error,
        providerReference: textOf(intent, 'id') ?? null,
      }
    }
  }
}

/** By id where we have one; else by the time it was made, matched on our own reference, never by search. */
async function find(call: CallStripe, sending: Sending): Promise<ProviderFinding> {
  try {
    if (sending.step === 'refund') return await findRefund(call, sending)
    const { paymentReference } = sending
    if (paymentReference === undefined) return await findIntent(call, sending)
    const path = `/v1/payment_intents/${encodeURIComponent(paymentReference)}`
    const reply = await call({ method: 'GET', path })
    if (textOf(reply.body, 'id') !== paymentReference) return { outcome: 'unread' }
    return { outcome: 'found', facts: factsOf(reply, sending), others: [] }
  } catch {
    // Whatever it was, it told nothing; the caller asks again later.
    return { outcome: 'unread' }
  }
}

async function findIntent(call: CallStripe, sending: Sending): Promise<ProviderFinding> {
  const since = sending.sentAtSeconds - CLOCK_DIFFERENCE_SECONDS
  const path = `/v1/payment_intents?limit=${LIST_COUNT_MAX}&created[gte]=${since}`
  return findInList(call, sending, path)
}

async function findRefund(call: CallStripe, sending: Sending): Promise<ProviderFinding> {
  const { charge, payment_intent: intent } = sending.request.params
  const of = typeof intent === 'string' ? ['payment_intent', intent] : ['charge', String(charge)]
  const query = of.map(encodeURIComponent).join('=')
  return findInList(call, sending, `/v1/refunds?limit=${LIST_COUNT_MAX}&${query}`)
}

async function findInList(
  call: CallStripe,
  sending: Sending,
  path: string,
): Promise<ProviderFinding> {
  const found: StripeReply[] = []
  let after = ''
  for (let page = 0; page < LIST_PAGES_MAX; page++) {
    const reply = await call({ method: 'GET', path: `${path}${after}` })
    const data: unknown[] = Array.isArray(reply.body.data) ? reply.body.data : []
    const members = data.map(objectOf).filter((member) => member !== undefined)
    for (const body of members) {
      if (operationOf(body) === sending.operationId) found.push({ ...reply, body })
    }
    const last = members.at(-1)
    if (reply.body.has_more !== true || last === undefined) break
    after = `&starting_after=${encodeURIComponent(String(last.id))}`
  }
  // The list has the newest first; the oldest is the one that a merchant heard of first.
  const [adopted, ...others] = found.toReversed()
  if (adopted === undefined) return { outcome: 'nothing' }
  return {
    outcome: 'found',
    facts: factsOf(adopted, sending),
    others: others.map((other) => factsOf(other, sending)),
  }
}

/**
 * What an answer tells. A stored one tells of the object as it was when the request was first sent, so it is also read
 * as it is now; either may be older than the other, and facts merge in any order.
 */
async function newestFacts(
  call: CallStripe,
  reply: StripeReply,
  sending: Sending,
): Promise<ObjectFactsTold> {
  if (!reply.isReplay) return factsOf(reply, sending)
  const stored = factsOf({ ...reply, atSeconds: sending.sentAtSeconds }, sending)
  const read = await readAgain(call, reply.body)
  if (read === undefined) return stored
  const now = factsOf(read, sending)
  return { ...now, assertions: [...stored.assertions, ...now.assertions] }
}

async function readAgain(call: CallStripe, object: StripeObject): Promise<StripeReply | undefined> {
  const id = textOf(object, 'id')
  const kind = object.object === 'refund' ? 'refunds' : 'payment_intents'
  try {
    const reply = await call({ method: 'GET', path: `/v1/${kind}/${encodeURIComponent(id ?? '')}` })
    return textOf(reply.body, 'id') === id ? reply : undefined
  } catch {
    // The stored answer is true of its time, and what came after is told by webhook.
    return undefined
  }
}

/** An answer about another object, amount or currency is worse than none. */
function isWhatWasAsked(body: StripeObject, sending: Sending): boolean {
  const { step, amountMinor, currency, askedAmountMinor, paymentReference, operationId } = sending
  if (textOf(body, 'id') === undefined || currencyOf(body) !== currency) return false
  const amount = amountOf(body, 'amount', currency)
  if (step === 'refund') {
    const isAmount = askedAmountMinor === undefined || BigInt(amount ?? -1) === askedAmountMinor
    return body.object === 'refund' && isAmount && operationOf(body) === operationId
  }
  if (body.object !== 'payment_intent' || BigInt(amount ?? -1) !== amountMinor) return false
  return step === 'create' ? operationOf(body) === operationId : body.id === paymentReference
}

/** The answer as an event of its own: the same handlers read it, and the same fold applies it. */
function factsOf({ body, atSeconds }: StripeReply, sending: Sending): ObjectFactsTold {
  const kind = body.object === 'refund' ? 'refund' : 'payment_intent'
  const newer = Number(sending.knownAtSeconds) + 1
  const facts = stripeEvents.readFacts({
    id: `answer_${sending.providerKey}`,
    type: `${kind}.answered`,
    // Its clock may tick between what was done and the answer's date, and a test clock is far from it.
    created: Math.max(atSeconds ?? newer, newer, integerOf(body, 'created') ?? 0),
    data: { object: body },
  })
  if (facts.outcome !== 'facts') throw new Error(`an answer about a ${kind} told nothing`)
  const assertions = facts.assertions.map((one) => ({ ...one, facts: asAnswered(one.facts) }))
  return { ...facts, assertions }
}
