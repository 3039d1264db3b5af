/** The bank's page for 3D Secure: two buttons, then back to the shop. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { clientSecretOf } from '../present/payment-intent.ts'
import type { Intent } from '../store/records.ts'
import {
  type ChallengeOutcome,
  challengeOutcomes,
  finishChallenge,
} from '../stripe/challenge/finish-challenge.ts'
import { json, send } from './answer.ts'
import type { Running } from './run-call.ts'

const html = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }

/** `GET /3ds/<intent>` shows it; `POST /3ds/<intent>/complete` (or `/fail`) answers it, by button or by program. */
export async function answerChallenge(
  running: Running,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, , id = '', word] = (request.url?.split('?')[0] ?? '').split('/')
  const { books } = running
  const intent = books.state.find('payment_intent', id)
  const outcome = challengeOutcomes.find((one) => one === word)
  if (intent === undefined || (word !== undefined && outcome === undefined))
    return send(response, json(404, { error: { message: 'There is no such challenge.' } }))
  if (outcome === undefined)
    return send(response, { status: 200, body: page(intent), headers: html })
  if (request.method !== 'POST')
    return send(response, json(405, { error: { message: 'A challenge is answered by POST.' } }))
  const after = await answerOnce(running, intent, outcome)
  const location = returnAddress(running, after)
  const body = { id, status: after.status, return_url: location ?? null }
  if (location === undefined) return send(response, json(200, body))
  send(response, { ...json(303, body), headers: { location, 'cache-control': 'no-store' } })
}

async function answerOnce(
  { books }: Running,
  intent: Intent,
  outcome: ChallengeOutcome,
): Promise<Intent> {
  const tx = books.begin()
  const after = finishChallenge(tx, intent, outcome)
  if (after !== intent) await books.commit(tx.finish())
  return after
}

/** The shop's address with what Stripe adds to it. */
function returnAddress(running: Running, intent: Intent): string | undefined {
  if (intent.returnUrl === null) return undefined
  const address = new URL(intent.returnUrl)
  const isPaid = intent.status === 'succeeded' || intent.status === 'requires_capture'
  address.searchParams.set('payment_intent', intent.id)
  address.searchParams.set(
    'payment_intent_client_secret',
    clientSecretOf(running.presenting(), intent),
  )
  address.searchParams.set('redirect_status', isPaid ? 'succeeded' : 'failed')
  return address.href
}

/** Nothing of it comes from a caller: ids are our own, and amount and currency were checked. */
function page(intent: Intent): string {
  const button = (outcome: ChallengeOutcome, label: string) =>
    `<form method="post" action="/3ds/${intent.id}/${outcome}"><button id="${outcome}">${label}</button></form>`
  const body =
    intent.status === 'requires_action'
      ? `<p>Pay ${intent.amount} (minor units) ${intent.currency.toUpperCase()}?</p>${button('complete', 'Complete')}${button('fail', 'Fail')}`
      : `<p>This payment is ${intent.status}; there is nothing to confirm.</p>`
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>3D Secure, sandbox</title><h1>Your bank asks</h1>${body}</html>\n`
}
