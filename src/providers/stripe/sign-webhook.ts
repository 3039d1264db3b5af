import { createHmac } from 'node:crypto'

/** The `Stripe-Signature` header by which Stripe, too, would sign these very bytes at this time. */
export function signWebhook(body: Uint8Array, secret: string, atSeconds: number): string {
  const digest = createHmac('sha256', secret).update(`${atSeconds}.`).update(body).digest('hex')
  return `t=${atSeconds},v1=${digest}`
}
