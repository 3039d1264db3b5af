import { noFacts, type ObjectFacts } from '../../../domain/facts.ts'
import type { EventFacts, ObjectAssertion } from '../../../domain/provider-event.ts'
import { amountOf } from '../amounts.ts'
import {
  currencyOf,
  embeddedList,
  objectOf,
  present,
  referenceOf,
  type StripeEvent,
  type StripeObject,
  textOf,
  wrong,
} from '../stripe-object.ts'
import { assertCharge } from './charge.ts'
import { lastErrorOf } from './last-error.ts'
import { nextActionOf } from './next-action.ts'
import { merchantMetadataOf, merchantReferenceOf, operationOf } from './operation.ts'

/**
 * Which of two statuses of one second came later. A declined intent is back at `requires_payment_method`, so the
 * error tells it from one that was just created.
 */
function rankOf(status: string | undefined, declined: boolean): number {
  switch (status) {
    case 'requires_payment_method':
      return declined ? 4 : 0
    case 'requires_confirmation':
      return 1
    case 'requires_action':
      return 2
    case 'processing':
      return 3
    case 'requires_capture':
      return 5
    case 'canceled':
      return 6
    case 'succeeded':
      return 7
    default:
      return 0
  }
}

/** `payment_intent.*`: the root a payment is known by. */
export function readIntent(event: StripeEvent): EventFacts {
  const intent = event.data.object
  const reference = textOf(intent, 'id')
  if (reference === undefined) throw wrong('/data/object/id', 'a string')
  const operation = operationOf(intent)
  const charge = chargeOf(intent)
  return {
    outcome: 'facts',
    subject: { kind: 'intent', reference },
    // One of an operation is that operation's, and waits for it. With the merchant's reference it need not: whoever repeats
    // the request names the reference, and finds the payment by it.
    root: operation === undefined || merchantReferenceOf(intent) !== undefined,
    parents: operation === undefined ? [] : [{ kind: 'operation', reference: operation }],
    assertions: [
      { kind: 'intent', reference, facts: intentFacts(event, intent) },
      // Named, so that a dispute that knows only the charge finds its payment.
      ...(charge === undefined
        ? []
        : [{ kind: 'charge' as const, reference: charge, facts: noFacts }]),
      ...embeddedList(intent, 'charges').flatMap((embedded): ObjectAssertion[] =>
        assertCharge(event, embedded),
      ),
    ],
  }
}

function intentFacts(event: StripeEvent, intent: StripeObject): ObjectFacts {
  const status = textOf(intent, 'status')
  const error = objectOf(intent.last_payment_error)
  const currency = currencyOf(intent)
  const amount = amountOf(intent, 'amount', currency)
  const succeeded = status === 'succeeded'
  const held = status === 'requires_capture'
  // Payloads from before amount_received existed: a succeeded intent received its amount.
  const received = amountOf(intent, 'amount_received', currency) ?? (succeeded ? amount : undefined)
  const fields = present({
    status,
    amount,
    currency,
    // Zero is the word of another status, not of what is held.
    capturable: held ? amountOf(intent, 'amount_capturable', currency) : undefined,
    received,
    capture_method: textOf(intent, 'capture_method'),
    description: textOf(intent, 'description'),
    metadata: merchantMetadataOf(intent),
    reference: merchantReferenceOf(intent),
    last_error: 'last_payment_error' in intent ? lastErrorOf(error) : undefined,
    // Tells one decline from the next, which may be worded alike.
    declined_charge:
      'last_payment_error' in intent
        ? ((error && referenceOf(error, 'charge')) ?? null)
        : undefined,
    next_action: 'next_action' in intent ? nextActionOf(intent) : undefined,
    charge: chargeOf(intent),
  })
  const since: Record<string, number> = {}
  if (received !== undefined && received > 0) since.captured = event.created
  if (held) since.held = event.created
  if (succeeded) since.succeeded = event.created
  if (status === 'canceled') since.canceled = event.created
  if (typeof fields.declined_charge === 'string') {
    since[`declined:${fields.declined_charge}`] = event.created
  }
  const version = {
    absorbing: succeeded || status === 'canceled',
    atSeconds: event.created,
    rank: rankOf(status, error !== undefined),
    progress: received ?? 0,
    eventId: event.id,
  }
  return { writes: [{ version, fields }], since }
}

function chargeOf(intent: StripeObject): string | undefined {
  const newest = embeddedList(intent, 'charges')[0]
  return referenceOf(intent, 'latest_charge') ?? (newest && textOf(newest, 'id'))
}
