import type { EventFacts, ObjectAssertion } from '../../../domain/provider-event.ts'
import { amountOf } from '../amounts.ts'
import {
  currencyOf,
  integerOf,
  present,
  referenceOf,
  type StripeEvent,
  type StripeObject,
  textOf,
  wrong,
} from '../stripe-object.ts'
import { operationOf } from './operation.ts'

const ranks: Record<string, number> = {
  pending: 0,
  requires_action: 1,
  succeeded: 2,
  canceled: 3,
  failed: 4,
}

/** `refund.*` and `charge.refund.updated`: always a child. */
export function readRefund(event: StripeEvent): EventFacts {
  const refund = event.data.object
  const reference = textOf(refund, 'id')
  if (reference === undefined) throw wrong('/data/object/id', 'a string')
  const charge = referenceOf(refund, 'charge')
  const intent = referenceOf(refund, 'payment_intent')
  if (charge === undefined && intent === undefined) {
    return { outcome: 'ignored', reason: 'no_payment_named' }
  }
  return {
    outcome: 'facts',
    subject: { kind: 'refund', reference },
    root: false,
    parents: [
      ...(charge === undefined ? [] : [{ kind: 'charge' as const, reference: charge }]),
      ...(intent === undefined ? [] : [{ kind: 'intent' as const, reference: intent }]),
    ],
    assertions: assertRefund(event, refund),
  }
}

export function assertRefund(event: StripeEvent, refund: StripeObject): ObjectAssertion[] {
  const reference = textOf(refund, 'id')
  if (reference === undefined) return []
  // Refunds older than the status field were made when they were created.
  const status = textOf(refund, 'status') ?? 'succeeded'
  const gaveBack = status === 'failed' || status === 'canceled'
  // The refund holds the money from the moment it exists, whichever event tells of it first.
  const since: Record<string, number> = {
    in_force: Math.min(integerOf(refund, 'created') ?? event.created, event.created),
  }
  if (gaveBack) since.failed = event.created
  const currency = currencyOf(refund)
  const fields = present({
    status,
    amount: amountOf(refund, 'amount', currency),
    currency,
    charge: referenceOf(refund, 'charge'),
    reason: textOf(refund, 'reason'),
    failure_reason: textOf(refund, 'failure_reason'),
    operation: operationOf(refund),
  })
  const version = {
    absorbing: gaveBack,
    atSeconds: event.created,
    rank: ranks[status] ?? 0,
    progress: 0,
    eventId: event.id,
  }
  return [{ kind: 'refund', reference, facts: { writes: [{ version, fields }], since } }]
}
