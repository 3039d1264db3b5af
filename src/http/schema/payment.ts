import { Type } from '@fastify/type-provider-typebox'
import { duplicateUndoStates, type PaymentError, paymentStatuses } from '../../domain/payment.ts'
import { timelineKinds } from '../../payments/timeline.ts'
import {
  currencyCode,
  id,
  instant,
  minorUnits,
  nullableInstant,
  nullableText,
  word,
} from './common.ts'

const lastError = Type.Unsafe<PaymentError | null>({
  type: ['object', 'null'],
  properties: {
    code: { type: 'string' },
    decline_code: { type: ['string', 'null'] },
    message: { type: ['string', 'null'] },
    retryable: { type: 'boolean' },
  },
})

export const paymentSchema = Type.Object({
  id: id('pay'),
  merchant_id: id('mer'),
  livemode: Type.Boolean(),
  user_id: nullableText,
  amount_cents: minorUnits,
  currency: currencyCode,
  status: word(paymentStatuses),
  stripe_payment_intent_id: nullableText,
  provider: Type.String(),
  provider_reference: nullableText,
  idempotency_key: nullableText,
  capture_method: word(['automatic', 'manual']),
  amount_capturable_cents: minorUnits,
  amount_received_cents: minorUnits,
  amount_refunded_cents: minorUnits,
  next_action: Type.Unsafe<object | null>({ type: ['object', 'null'], additionalProperties: true }),
  last_error: lastError,
  description: nullableText,
  reference: nullableText,
  origin: word(['api', 'provider']),
  metadata: Type.Unsafe<Record<string, string>>({
    type: 'object',
    additionalProperties: { type: 'string' },
  }),
  merged_into_payment_id: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'the payment this one turned out to be part of; it then changes no more',
  }),
  duplicate_of_payment_id: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description:
      'the payment whose operation had this second effect at the provider; it is undone, and not listed',
  }),
  duplicate_undo: Type.Unsafe<(typeof duplicateUndoStates)[number] | null>({
    enum: [...duplicateUndoStates, null],
    description: 'how far a second effect is undone; left: a person decides',
  }),
  created_at: instant,
  updated_at: instant,
})

export const timelineSchema = Type.Object({
  payment_id: id('pay'),
  status: word(paymentStatuses),
  explanation: Type.String({ description: 'why the payment is as it is, in one sentence' }),
  next_action_at: nullableInstant,
  items: Type.Array(
    Type.Object({
      at: instant,
      kind: word(timelineKinds),
      id: Type.String(),
      title: Type.String(),
      detail: Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true }),
    }),
  ),
})
