import type { ObjectAssertion } from '../domain/provider-event.ts'
import type { BookedFact } from '../store/journal.ts'
import type { ProviderObjectRow } from '../store/provider-objects.ts'
import type {
  DisputeRow,
  OwnerColumns,
  PaymentAttemptRow,
  PaymentRow,
  PayoutRow,
  RefundRow,
} from '../store/rows.ts'
import type { Verdict } from './verdict.ts'

/** What one event tells, with whose word it is. */
export type FactEvent = {
  /** null: the provider told it in an answer to us */
  inboxEventId: string | null
  eventId: string
  correlationId: string
  traceContext: string | null
  createdAtSeconds: number
  assertions: ObjectAssertion[]
}

/** A payment or payout under this transaction's lock, with everything known of it and what is new. */
export type Subject = OwnerColumns & {
  id: string
  kind: 'payment' | 'payout'
  provider: string
  /** by `kind reference` */
  objects: Map<string, ProviderObjectRow>
  /** undefined: not there yet */
  payment: PaymentRow | undefined
  /** payments that turned out to be this one */
  absorbed: PaymentRow[]
  /** what has the payment whose operation had this second effect, once that is folded; set when this one is new */
  duplicateOf: { payment: PaymentRow | undefined } | undefined
  /** references of merchants that its facts tell and other payments have */
  takenReferences: ReadonlySet<string>
  payout: PayoutRow | undefined
  refunds: RefundRow[]
  disputes: DisputeRow[]
  booked: BookedFact[]
  /** those whose outcome was not known when the payment was locked */
  attempts: PaymentAttemptRow[]
  /** those of them that belonged to a payment which turned out to be this one */
  movedAttemptIds: Set<string>
  /** what the caller knows of some of them, by attempt id */
  verdicts: ReadonlyMap<string, Verdict>
  events: FactEvent[]
  /** names of the objects that have to be written */
  touched: Set<string>
}

/** The subject's objects that events changed or named for the first time. */
export function touchedObjects(subject: Subject): ProviderObjectRow[] {
  return [...subject.touched].flatMap((name) => subject.objects.get(name) ?? [])
}

/** Undefined: not there yet. */
export function statusOf(subject: Subject): string | undefined {
  return (subject.kind === 'payout' ? subject.payout : subject.payment)?.status
}

export function objectName(object: { kind: string; reference: string }): string {
  return `${object.kind} ${object.reference}`
}

/** In the provider's order as far as it tells one, so that a history reads as things happened. */
export function inProviderOrder<Told extends Pick<FactEvent, 'createdAtSeconds' | 'eventId'>>(
  events: Told[],
): Told[] {
  return events.toSorted(
    (a, b) => a.createdAtSeconds - b.createdAtSeconds || (a.eventId < b.eventId ? -1 : 1),
  )
}
