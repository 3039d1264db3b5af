import { Type } from '@fastify/type-provider-typebox'
import { ledgerAccountKinds, movementKinds } from '../../domain/money-facts.ts'
import {
  currencyCode,
  exactInteger,
  exactMinorUnits,
  id,
  instant,
  nullableInstant,
  nullableText,
  word,
} from './common.ts'

export const accountSchema = Type.Object({
  id: id('acc'),
  provider_account_id: id('pac'),
  kind: word(ledgerAccountKinds),
  currency: currencyCode,
  debit_cents: exactMinorUnits,
  credit_cents: exactMinorUnits,
  balance_cents: Type.Unsafe<bigint>({ type: 'integer', description: 'debit minus credit' }),
  created_at: instant,
})

export const entrySchema = Type.Object({
  id: id('je'),
  payment_id: nullableText,
  payout_id: nullableText,
  kind: word(movementKinds),
  reference: Type.String({ description: "the provider's own reference of the fact" }),
  revision: Type.Integer({ description: 'odd: booked; even: taken back' }),
  reverses_entry_id: nullableText,
  effective_at: instant,
  correlation_id: Type.String(),
  created_at: instant,
  postings: Type.Array(
    Type.Object({
      debit_account_id: id('acc'),
      debit: word(ledgerAccountKinds),
      credit_account_id: id('acc'),
      credit: word(ledgerAccountKinds),
      amount_cents: exactMinorUnits,
      currency: currencyCode,
    }),
  ),
})

export const revenueSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      currency: currencyCode,
      period_start: nullableInstant,
      gross_cents: exactMinorUnits,
      fees_cents: exactMinorUnits,
      fees_pending: Type.Unsafe<bigint>({
        type: 'integer',
        description: 'captures whose fee is not known yet',
      }),
      refunds_cents: exactMinorUnits,
      disputes_cents: exactMinorUnits,
      net_cents: exactMinorUnits,
      count: exactInteger,
    }),
  ),
})
