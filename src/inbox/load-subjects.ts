import { MergedPaymentError } from '../payments/merged-payment-error.ts'
import { objectName, type Subject } from '../payments/subject.ts'
import type { Verdict } from '../payments/verdict.ts'
import type { Transaction } from '../store/db.ts'
import { listBookedFacts } from '../store/journal.ts'
import { lockOpenAttempts } from '../store/payment-attempts.ts'
import { listDuplicated } from '../store/payment-duplicates.ts'
import { listReferenceOwners } from '../store/payment-references.ts'
import { listObjectsOfSubjects } from '../store/provider-objects.ts'
import { listDisputesOf, listRefundsOf, lockPayments, lockPayouts } from '../store/subjects.ts'
import { together } from '../store/together.ts'
import type { Assignment } from './assign-subjects.ts'
import type { ObjectLookUp } from './look-up-objects.ts'
import { toldAtSeconds } from './read-event.ts'

/** What a caller knows beside the events: a verdict on an attempt of a payment, and the fence it was claimed under. */
export type Known = {
  owner: Owner
  subjectId: string
  attemptId: string
  verdict: Verdict
  fence: bigint
  /** who learned it */
  actor: string
}
type Owner = { merchantId: string; livemode: boolean; providerAccountId: string; provider: string }
const noReferences: ReadonlySet<string> = new Set()
const noVerdicts: ReadonlyMap<string, Verdict> = new Map()

/**
 * Locks the payments and payouts the events belong to and loads everything known of them; new ones start empty.
 * @returns new second effects last, each after the payment it is one of
 */
export async function loadSubjects(
  tx: Transaction,
  lookUp: ObjectLookUp,
  assignment: Assignment,
  known: Known[] = [],
): Promise<Subject[]> {
  const subjects = new Map<string, Subject>()
  for (const { owner, subjectId, attemptId, verdict } of known) {
    const id = assignment.merged.get(subjectId) ?? subjectId
    const subject = subjects.get(id) ?? emptySubject(owner, id)
    subject.verdicts = new Map([...subject.verdicts, [attemptId, verdict]])
    subjects.set(id, subject)
  }
  for (const { event, subjectId } of assignment.assigned) {
    const subject = subjects.get(subjectId) ?? emptySubject(event.claimed, subjectId)
    subjects.set(subjectId, subject)
    const { claimed, facts } = event
    subject.events.push({
      inboxEventId: event.answersFor === undefined ? claimed.id : null,
      eventId: claimed.eventId,
      correlationId: claimed.correlationId,
      traceContext: claimed.traceContext,
      createdAtSeconds: toldAtSeconds(event),
      assertions: facts.assertions,
    })
  }
  const stored = [...subjects.keys()].filter((id) => !assignment.adopted.has(id))
  await loadKnown(tx, subjects, stored, assignment.merged)
  await nameDuplicates(tx, subjects, assignment.duplicates)
  await nameReferences(tx, [...subjects.values()])
  addNamedObjects(subjects, lookUp)
  const { duplicates } = assignment
  return [
    ...[...subjects.values()].filter(({ id }) => !duplicates.has(id)),
    ...[...duplicates.keys()].flatMap((id) => subjects.get(id) ?? []),
  ]
}

function emptySubject(claimed: Owner, id: string): Subject {
  return {
    merchantId: claimed.merchantId,
    livemode: claimed.livemode,
    providerAccountId: claimed.providerAccountId,
    provider: claimed.provider,
    id,
    kind: id.startsWith('po_') ? 'payout' : 'payment',
    objects: new Map(),
    payment: undefined,
    absorbed: [],
    duplicateOf: undefined,
    takenReferences: noReferences,
    payout: undefined,
    refunds: [],
    disputes: [],
    booked: [],
    attempts: [],
    movedAttemptIds: new Set(),
    verdicts: noVerdicts,
    events: [],
    touched: new Set(),
  }
}

/** A payment that turned out to be part of another one is loaded as the other one's. */
async function loadKnown(
  tx: Transaction,
  subjects: Map<string, Subject>,
  known: string[],
  merged: Assignment['merged'],
): Promise<void> {
  const ids = [...known, ...merged.keys()]
  if (ids.length === 0) return
  const ownerOf = (id: string | null) => subjects.get(merged.get(id ?? '') ?? id ?? '')
  const isPayment = (id: string) => ownerOf(id)?.kind === 'payment'
  const paymentIds = ids.filter(isPayment)
  const payoutIds = ids.filter((id) => !isPayment(id))
  const owners = ids.map((id) => merged.get(id) ?? id)
  // The database runs them one after another, so what hangs on a row is read when that row is locked.
  const [payments, payouts, refunds, disputes, booked, objects, attempts] = await together(
    lockPayments(tx, paymentIds),
    lockPayouts(tx, payoutIds),
    listRefundsOf(tx, paymentIds),
    listDisputesOf(tx, paymentIds),
    listBookedFacts(tx, ids, owners),
    listObjectsOfSubjects(tx, ids),
    lockOpenAttempts(tx, paymentIds),
  )
  for (const row of attempts) ownerOf(row.paymentId)?.attempts.push(row)
  for (const row of payments) {
    const subject = ownerOf(row.id)
    if (subject === undefined) continue
    // Its objects were locked before it became part of another one and moved with it, so nobody finds it any more.
    if (row.mergedIntoPaymentId !== null) {
      throw new MergedPaymentError(row.id, row.mergedIntoPaymentId)
    }
    if (merged.has(row.id)) subject.absorbed.push(row)
    else subject.payment = row
  }
  for (const row of payouts) {
    const subject = ownerOf(row.id)
    if (subject !== undefined) subject.payout = row
  }
  for (const row of refunds) ownerOf(row.paymentId)?.refunds.push(row)
  for (const row of disputes) ownerOf(row.paymentId)?.disputes.push(row)
  for (const fact of booked) subjects.get(fact.subjectId)?.booked.push(fact)
  for (const row of objects) {
    const subject = ownerOf(row.subjectId)
    if (subject === undefined) continue
    const isMoved = row.subjectId !== subject.id
    subject.objects.set(objectName(row), isMoved ? { ...row, subjectId: subject.id } : row)
    if (isMoved) subject.touched.add(objectName(row))
  }
}

/**
 * A payment that is told of together with its second effect is not stored yet, or is not as it will be. Any other is read
 * without a lock: only what never changes is looked at.
 */
async function nameDuplicates(
  tx: Transaction,
  subjects: Map<string, Subject>,
  duplicates: Assignment['duplicates'],
): Promise<void> {
  const stored = [...duplicates.values()].filter((id) => !subjects.has(id))
  const payments = await listDuplicated(tx, stored)
  for (const [id, originalId] of duplicates) {
    const subject = subjects.get(id)
    const payment = payments.find((row) => row.id === originalId)
    if (subject !== undefined)
      subject.duplicateOf = subjects.get(originalId) ?? (payment && { payment })
  }
}

/**
 * Which of the references told of adopted payments, now or before, are other payments' already: each stays with the first.
 */
async function nameReferences(tx: Transaction, subjects: Subject[]): Promise<void> {
  const told = subjects.flatMap((subject) => {
    const isOpen = subject.kind === 'payment' && mayTakeReference(subject)
    return isOpen ? toldReferences(subject).map((reference) => ({ subject, reference })) : []
  })
  if (told.length === 0) return
  const owners = await listReferenceOwners(
    tx,
    told.map(({ subject: { merchantId, livemode }, reference }) => ({
      merchantId,
      livemode,
      reference,
    })),
  )
  const firstOf = new Map(owners.map((row) => [referenceName(row, row.reference), row.id]))
  for (const { subject, reference } of told) {
    const name = referenceName(subject, reference)
    const owner = firstOf.get(name) ?? subject.id
    firstOf.set(name, owner)
    if (owner !== subject.id) {
      subject.takenReferences = new Set([...subject.takenReferences, reference])
    }
  }
}

/** A payment made here has the reference it was made with, and a second effect has none. */
function mayTakeReference({ payment, duplicateOf }: Subject): boolean {
  if (payment === undefined) return duplicateOf === undefined
  return (
    payment.origin === 'provider' &&
    payment.reference === null &&
    payment.duplicateOfPaymentId === null
  )
}

function toldReferences({ events, objects }: Subject): string[] {
  const facts = [
    ...[...objects.values()].map((object) => object.facts),
    ...events.flatMap(({ assertions }) => assertions.map((assertion) => assertion.facts)),
  ]
  const told = facts.flatMap(({ writes }) => writes.map(({ fields }) => fields.reference))
  return [...new Set(told.filter((reference) => typeof reference === 'string'))]
}

function referenceName(
  { merchantId, livemode }: { merchantId: string; livemode: boolean },
  reference: string,
): string {
  return `${merchantId} ${livemode} ${reference}`
}

/** Objects the events name for the first time: placeholders become the subject's own. */
function addNamedObjects(subjects: Map<string, Subject>, lookUp: ObjectLookUp): void {
  const rows = [...lookUp.found.values(), ...lookUp.placeholders]
  for (const row of rows) {
    const subjectId = lookUp.known.get(lookUp.nameOf(row))
    const subject = subjectId === undefined ? undefined : subjects.get(subjectId)
    if (subject === undefined || subject.objects.has(objectName(row))) continue
    subject.objects.set(objectName(row), { ...row, subjectId: subject.id })
    subject.touched.add(objectName(row))
  }
}
