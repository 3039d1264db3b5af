export type PaymentRequests = {
  /** payments are numbered on from here; a number is a payment's idempotency key */
  firstNumber: number
  count: number
  apiKey: string
}

/** What all payments of the benches are in. */
export const CURRENCY = 'USD'

/** Whole HTTP/1.1 requests as bytes: each charges a card at once, under an idempotency key of its own. */
export function makePaymentRequests({ firstNumber, count, apiKey }: PaymentRequests): Buffer[] {
  return Array.from({ length: count }, (_, index) =>
    makePaymentRequest(firstNumber + index, apiKey),
  )
}

export function makePaymentRequest(number: number, apiKey: string): Buffer {
  const body = JSON.stringify({
    user_id: `user_${number % 1000}`,
    amount_cents: 1000 + (number % 50_000),
    currency: CURRENCY,
    payment_method: 'pm_card_visa',
    confirm: true,
  })
  return Buffer.from(
    `POST /payments HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${apiKey}\r\n` +
      `content-type: application/json\r\nidempotency-key: bench-${number}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
