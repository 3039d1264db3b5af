/** Refunds, disputes and payouts on the wire. */
import { Type } from '@fastify/type-provider-typebox'
import { payoutStatuses, refundStatuses } from '../../domain/payment.ts'
import {
  currencyCode,
  id,
  instant,
  minorUnits,
  nullableInstant,
  nullableText,
  word,
} from './common.ts'

const moved = {
  merchant_id: id('mer'),
  livemode: Type.Boolean(),
  amount_cents: minorUnits,
  currency: currencyCode,
  provider_reference: Type.String(),
  effective_at: instant,
  created_at: instant,
  updated_at: instant,
}

export const refundSchema = Type.Object({
  id: id('re'),
  payment_id: id('pay'),
  ...moved,
  status: word(refundStatuses),
  kind: word(
    ['itemised', 'unitemised'],
    "unitemised: part of a charge's refunded amount that no refund object explains yet",
  ),
  reason: nullableText,
  failure_reason: nullableText,
})

export const disputeSchema = Type.Object({
  id: id('dp'),
  payment_id: id('pay'),
  ...moved,
  status: Type.String(),
  reason: nullableText,
  evidence_due_at: nullableInstant,
})

export const payoutSchema = Type.Object({
  id: id('po'),
  ...moved,
  status: word(payoutStatuses),
  arrival_on: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'calendar day the bank is expected to have it',
  }),
  failure_reason: nullableText,
})
