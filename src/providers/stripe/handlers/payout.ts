import type { EventFacts } from '../../../domain/provider-event.ts'
import { signedAmountOf } from '../amounts.ts'
import {
  currencyOf,
  integerOf,
  present,
  type StripeEvent,
  textOf,
  wrong,
} from '../stripe-object.ts'

const ranks: Record<string, number> = { pending: 0, in_transit: 1, paid: 2, canceled: 3, failed: 4 }

/** `payout.*`: a root of its own; a bank may still return one that was paid, so only failing absorbs. */
export function readPayout(event: StripeEvent): EventFacts {
  const payout = event.data.object
  const reference = textOf(payout, 'id')
  if (reference === undefined) throw wrong('/data/object/id', 'a string')
  const status = textOf(payout, 'status') ?? 'pending'
  const returned = status === 'failed' || status === 'canceled'
  const since: Record<string, number> = { in_force: event.created }
  if (returned) since.failed = event.created
  const currency = currencyOf(payout)
  const fields = present({
    status,
    amount: signedAmountOf(payout, 'amount', currency),
    currency,
    arrival: integerOf(payout, 'arrival_date'),
    failure_reason: textOf(payout, 'failure_code'),
  })
  const version = {
    absorbing: returned,
    atSeconds: event.created,
    rank: ranks[status] ?? 0,
    progress: 0,
    eventId: event.id,
  }
  return {
    outcome: 'facts',
    subject: { kind: 'payout', reference },
    root: true,
    parents: [],
    assertions: [{ kind: 'payout', reference, facts: { writes: [{ version, fields }], since } }],
  }
}
