import type { EventFacts } from '../../../domain/provider-event.ts'
import { present, referenceOf, type StripeEvent, textOf, wrong } from '../stripe-object.ts'

const ranks: Record<string, number> = { open: 0, complete: 1, expired: 2 }

/** `checkout.session.*`: a child of its intent. A session without one (setup, not yet paid) moves no money. */
export function readCheckoutSession(event: StripeEvent): EventFacts {
  const session = event.data.object
  const reference = textOf(session, 'id')
  if (reference === undefined) throw wrong('/data/object/id', 'a string')
  const intent = referenceOf(session, 'payment_intent')
  if (intent === undefined) return { outcome: 'ignored', reason: 'no_payment_named' }
  const status = textOf(session, 'status')
  const fields = present({
    status,
    payment_status: textOf(session, 'payment_status'),
    client_reference: textOf(session, 'client_reference_id'),
  })
  const version = {
    absorbing: false,
    atSeconds: event.created,
    rank: ranks[status ?? 'open'] ?? 0,
    progress: 0,
    eventId: event.id,
  }
  return {
    outcome: 'facts',
    subject: { kind: 'checkout_session', reference },
    root: false,
    parents: [{ kind: 'intent', reference: intent }],
    assertions: [
      { kind: 'checkout_session', reference, facts: { writes: [{ version, fields }], since: {} } },
    ],
  }
}
