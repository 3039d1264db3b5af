import { createHmac } from 'node:crypto'

/** `Stripe-Signature` of these bytes at this (real) second. */
export function signWebhook(body: string, secret: string, seconds: number): string {
  const signature = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
  return `t=${seconds},v1=${signature}`
}
