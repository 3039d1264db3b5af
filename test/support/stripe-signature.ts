import { createHmac } from 'node:crypto'

/** The header Stripe sends, made for real: HMAC-SHA256 over `t.body`, keyed with the whole secret. */
export function stripeSignature(
  body: string,
  secret: string,
  atSeconds = Math.floor(Date.now() / 1000),
): string {
  return `t=${atSeconds},v1=${createHmac('sha256', secret).update(`${atSeconds}.${body}`).digest('hex')}`
}
