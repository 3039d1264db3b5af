/**
 * An event handler and an observer of your own. Start Payonce with it:
 *
 *   PAYONCE_HANDLERS=examples/send-receipts.ts MAIL_API_URL=https://... npm start
 *
 * MAIL_API_URL is the address of any service that sends an e-mail for a POST of JSON and honors `Idempotency-Key`.
 */
import type { EventHandler, EventObserver } from 'payonce'

const SEND_MS_MAX = 10_000

/**
 * Sends a receipt for each payment that succeeded. An event may be handed over more than once: after a time-out nobody
 * knows whether the e-mail left. Its id is the same each time, so the mail service can tell a repeat by it. Without such
 * a service, insert the id into a table of your own under a unique key, in the transaction of the effect.
 */
export const sendReceipt: EventHandler = {
  canHandle: (event) =>
    event.type === 'payment_intent.succeeded' && typeof event.object.receipt_email === 'string',

  handle: async (event) => {
    const { receipt_email: to, amount_received: amount, currency } = event.object
    const answer = await fetch(process.env.MAIL_API_URL ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': event.id },
      body: JSON.stringify({
        to,
        subject: 'Your receipt',
        text: `Thank you. We received ${formatAmount(String(amount), String(currency))}. Payment ${event.paymentId}.`,
      }),
      // Shorter than the 30 s Payonce allows: an error of one's own says more than being ended.
      signal: AbortSignal.timeout(SEND_MS_MAX),
    })
    // A thrown error is tried again, later each time; after the last try it waits under GET /handler-runs.
    if (!answer.ok) throw new Error(`the mail service answered ${answer.status}`)
  },
}

/** Says on standard error what went wrong, as it happens. */
export const tellErrors: EventObserver = {
  onEventReceived: () => {},
  onEventProcessed: () => {},
  onError: ({ code, event }) => {
    process.stderr.write(`webhook error ${code} ${event?.type ?? ''}\n`)
  },
}

/** Stripe counts these two in hundredths, although they have no smaller unit. */
const inHundredths = new Set(['isk', 'ugx'])

/** Minor units to text, digit by digit, so that nothing is rounded. */
function formatAmount(minor: string, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency })
  const own = format.resolvedOptions().maximumFractionDigits ?? 2
  const digits = inHundredths.has(currency) ? 2 : own
  const padded = minor.padStart(digits + 1, '0')
  const whole = padded.slice(0, padded.length - digits)
  return `${currency.toUpperCase()} ${digits === 0 ? whole : `${whole}.${padded.slice(-digits)}`}`
}
