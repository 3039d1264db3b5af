/** What the calls that move money take. A field nobody knows is an error: a misspelt amount must not be a full refund. */
import { Type } from '@fastify/type-provider-typebox'
import { word } from './common.ts'

const AMOUNT_MAX = Number.MAX_SAFE_INTEGER
/** The provider takes 50; two are ours: the operation, and your reference. */
const METADATA_COUNT_MAX = 48
const closed = { additionalProperties: false }

const amount = Type.Integer({
  minimum: 1,
  maximum: AMOUNT_MAX,
  description: "a plain JSON integer in the currency's minor unit",
})
// PostgreSQL stores no NUL.
const text = (maxLength: number, description?: string) =>
  Type.String({
    minLength: 1,
    maxLength,
    pattern: '^[^\\u0000]*$',
    ...(description && { description }),
  })
const paymentMethod = text(255, "the provider's id of a payment method, such as pm_card_visa")
const returnUrl = Type.String({
  maxLength: 2048,
  pattern: '^https?://[^\\s\\u0000]+$',
  description: 'where the customer comes back to after authentication',
})

export const createPaymentBody = Type.Object(
  {
    user_id: text(255, 'your customer'),
    amount_cents: amount,
    currency: Type.String({ pattern: '^[A-Za-z]{3}$', description: 'ISO 4217, in any case' }),
    metadata: Type.Optional(
      Type.Record(Type.String({ pattern: '^[^\\u0000]{1,40}$' }), Type.String({ maxLength: 500 }), {
        maxProperties: METADATA_COUNT_MAX,
      }),
    ),
    payment_method: Type.Optional(paymentMethod),
    capture_method: Type.Optional(word(['automatic', 'manual'], 'default automatic')),
    confirm: Type.Optional(Type.Boolean({ description: 'charge at once; needs payment_method' })),
    description: Type.Optional(text(1000)),
    product: Type.Optional(text(255)),
    provider: Type.Optional(word(['stripe'], 'default stripe')),
    reference: Type.Optional(text(255, 'your own, such as an order id; one payment per reference')),
    return_url: Type.Optional(returnUrl),
  },
  closed,
)

export const confirmPaymentBody = Type.Object(
  { payment_method: Type.Optional(paymentMethod), return_url: Type.Optional(returnUrl) },
  closed,
)

export const capturePaymentBody = Type.Object({ amount_cents: Type.Optional(amount) }, closed)

export const cancelPaymentBody = Type.Object(
  {
    reason: Type.Optional(
      word(['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned'] as const),
    ),
  },
  closed,
)

export const refundPaymentBody = Type.Object(
  {
    amount_cents: Type.Optional(amount),
    reason: Type.Optional(word(['duplicate', 'fraudulent', 'requested_by_customer'] as const)),
  },
  closed,
)
