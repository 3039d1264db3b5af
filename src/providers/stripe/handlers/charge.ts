import type { FactValue, ObjectFacts } from '../../../domain/facts.ts'
import type { EventFacts, ObjectAssertion } from '../../../domain/provider-event.ts'
import { amountOf } from '../amounts.ts'
import {
  currencyOf,
  embeddedList,
  flagOf,
  objectOf,
  present,
  referenceOf,
  type StripeEvent,
  type StripeObject,
  textOf,
  wrong,
} from '../stripe-object.ts'
import { balanceTransactionField } from './balance-transaction.ts'
import { chargeFailureOf } from './last-error.ts'
import { merchantMetadataOf, merchantReferenceOf, operationOf } from './operation.ts'
import { assertRefund } from './refund.ts'

/** `charge.*`: a child of its intent; a root where there is none. */
export function readCharge(event: StripeEvent): EventFacts {
  const charge = event.data.object
  const reference = textOf(charge, 'id')
  if (reference === undefined) throw wrong('/data/object/id', 'a string')
  const intent = referenceOf(charge, 'payment_intent')
  const operation = operationOf(charge)
  return {
    outcome: 'facts',
    subject: { kind: 'charge', reference },
    root: intent === undefined && operation === undefined,
    parents: [
      ...(intent === undefined ? [] : [{ kind: 'intent' as const, reference: intent }]),
      ...(operation === undefined ? [] : [{ kind: 'operation' as const, reference: operation }]),
    ],
    assertions: assertCharge(event, charge),
  }
}

/** What `event` tells of this charge and of the refunds embedded in it. */
export function assertCharge(event: StripeEvent, charge: StripeObject): ObjectAssertion[] {
  const reference = textOf(charge, 'id')
  if (reference === undefined) return []
  return [
    { kind: 'charge', reference, facts: chargeFacts(event, charge) },
    ...embeddedList(charge, 'refunds').flatMap((refund) =>
      assertRefund(event, { charge: reference, ...refund }),
    ),
  ]
}

function chargeFacts(event: StripeEvent, charge: StripeObject): ObjectFacts {
  // Charges older than the status field say whether they were paid.
  const status = textOf(charge, 'status') ?? (flagOf(charge, 'paid') ? 'succeeded' : 'failed')
  const currency = currencyOf(charge)
  const amount = amountOf(charge, 'amount', currency) ?? 0
  const succeeded = status === 'succeeded'
  const captured = succeeded && (flagOf(charge, 'captured') ?? true)
  // What is still pending is neither held nor let go, whatever is asked back of it.
  const released = succeeded && !captured && (flagOf(charge, 'refunded') ?? false)
  const capturedAmount = captured ? (amountOf(charge, 'amount_captured', currency) ?? amount) : 0
  const refundedAmount = amountOf(charge, 'amount_refunded', currency) ?? 0
  const since: Record<string, number> = {}
  if (capturedAmount > 0) since.captured = event.created
  if (succeeded) since.succeeded = event.created
  if (released) since.released = event.created
  if (capturedAmount > 0 && refundedAmount > 0) since[`refunded:${refundedAmount}`] = event.created
  const fields: Record<string, FactValue> = present({
    status,
    intent: referenceOf(charge, 'payment_intent'),
    amount,
    currency,
    captured_amount: capturedAmount,
    refunded_amount: refundedAmount,
    released,
    description: textOf(charge, 'description'),
    metadata: merchantMetadataOf(charge),
    reference: merchantReferenceOf(charge),
    last_error: chargeFailureOf(charge),
    ...balanceTransactionField(objectOf(charge.balance_transaction)),
  })
  const version = {
    absorbing: succeeded,
    atSeconds: event.created,
    rank: (succeeded ? 4 : 0) + (captured ? 2 : 0) + (status === 'failed' ? 1 : 0),
    progress: refundedAmount,
    eventId: event.id,
  }
  return { writes: [{ version, fields }], since }
}
