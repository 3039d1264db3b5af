import { createHmac } from 'node:crypto'
import { makeIntentEvent } from '../support/intent-event.ts'

export type SignedRequests = {
  /** events are numbered on from here; a number is an event's identity */
  firstNumber: number
  count: number
  secret: string
  path: string
}

/** Whole HTTP/1.1 requests as bytes, signed just now; no two carry the same event. */
export function makeSignedRequests(options: SignedRequests): Buffer[] {
  return Array.from({ length: options.count }, (_, index) => makeSignedRequest(options, index))
}

/** One of them; signing it takes about as long as verifying it. */
export function makeSignedRequest(options: SignedRequests, index: number): Buffer {
  const { firstNumber, secret, path } = options
  const seconds = Math.floor(Date.now() / 1000)
  // Indented, as Stripe sends it.
  const body = JSON.stringify(makeIntentEvent(firstNumber + index, seconds), undefined, 2)
  const signature = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)\r\n` +
      `accept: */*; q=0.5, application/xml\r\ncontent-type: application/json; charset=utf-8\r\n` +
      `stripe-signature: t=${seconds},v1=${signature}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
