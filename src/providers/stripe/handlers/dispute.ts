import type { EventFacts } from '../../../domain/provider-event.ts'
import { amountOf } from '../amounts.ts'
import {
  currencyOf,
  integerOf,
  objectOf,
  present,
  referenceOf,
  type StripeEvent,
  textOf,
  wrong,
} from '../stripe-object.ts'
import { balanceTransactionField } from './balance-transaction.ts'

const ranks: Record<string, number> = {
  warning_needs_response: 0,
  warning_under_review: 1,
  needs_response: 2,
  under_review: 3,
  warning_closed: 4,
  prevented: 5,
  lost: 6,
  won: 7,
}
const closed = new Set(['warning_closed', 'prevented', 'lost', 'won'])
/** Statuses that say the money was taken; inquiries (`warning_*`) and prevented disputes take none. */
const moneyTaken = new Set(['needs_response', 'under_review', 'lost', 'won'])

/** `charge.dispute.*`: always a child. The outcome is the dispute's status, never the event's name. */
export function readDispute(event: StripeEvent): EventFacts {
  const dispute = event.data.object
  const charge = referenceOf(dispute, 'charge')
  const intent = referenceOf(dispute, 'payment_intent')
  // Disputes older than their own ids are known by their charge.
  const reference =
    textOf(dispute, 'id') ?? (charge === undefined ? undefined : `dispute_of_${charge}`)
  if (reference === undefined) throw wrong('/data/object/id', 'a string')
  if (charge === undefined && intent === undefined) {
    return { outcome: 'ignored', reason: 'no_payment_named' }
  }
  const status = textOf(dispute, 'status') ?? 'needs_response'
  const since: Record<string, number> = { opened: event.created }
  if (moneyTaken.has(status)) since.withdrawn = event.created
  if (status === 'won') since.won = event.created
  const transactions = Array.isArray(dispute.balance_transactions)
    ? dispute.balance_transactions
    : []
  const currency = currencyOf(dispute)
  const fields = present({
    status,
    amount: amountOf(dispute, 'amount', currency),
    currency,
    reason: textOf(dispute, 'reason'),
    evidence_due: integerOf(objectOf(dispute.evidence_details) ?? dispute, 'due_by'),
    ...Object.assign({}, ...transactions.map((one) => balanceTransactionField(objectOf(one)))),
  })
  const version = {
    absorbing: closed.has(status),
    atSeconds: event.created,
    rank: ranks[status] ?? 0,
    progress: 0,
    eventId: event.id,
  }
  return {
    outcome: 'facts',
    subject: { kind: 'dispute', reference },
    root: false,
    parents: [
      ...(charge === undefined ? [] : [{ kind: 'charge' as const, reference: charge }]),
      ...(intent === undefined ? [] : [{ kind: 'intent' as const, reference: intent }]),
    ],
    assertions: [{ kind: 'dispute', reference, facts: { writes: [{ version, fields }], since } }],
  }
}
