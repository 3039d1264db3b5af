/**
 * Applies events: facts merged, payments and payouts projected, everything written in the caller's transaction.
 *
 * Lock order: provider objects by key, then payments by id, then payouts by id. A reference that did not exist when
 * this transaction looked and does when it writes was made by another one meanwhile: `ConcurrentReferenceError`
 * undoes everything and the batch is repeated, so no child is ever parked under a root that just became known. One that
 * came in between and is its payment's by now is out of order: it is written if it is free, and never waited for.
 */
import type { NewId } from '../domain/ids.ts'
import type { LedgerAccounts } from '../ledger/accounts.ts'
import { type Changes, noChanges } from '../payments/changes.ts'
import { foldPayment } from '../payments/fold-payment.ts'
import { foldPayout } from '../payments/fold-payout.ts'
import { LostClaimError } from '../payments/lost-claim-error.ts'
import { type Subject, statusOf } from '../payments/subject.ts'
import { writeChanges } from '../payments/write-changes.ts'
import { constraintOf } from '../store/database-fault.ts'
import type { Transaction } from '../store/db.ts'
import type { ClaimedEvent } from '../store/inbox-claims.ts'
import { createParked, deleteParked, type OutcomeRow, queueParked } from '../store/inbox-results.ts'
import { listRemaining } from '../store/payment-merges.ts'
import {
  createProviderObjects,
  isReferenceTaken,
  lockFreeProviderObjects,
  updateProviderObjects,
} from '../store/provider-objects.ts'
import type { PaymentAttemptRow } from '../store/rows.ts'
import { together } from '../store/together.ts'
import { assignSubjects } from './assign-subjects.ts'
import { knownName, namesOf } from './group-events.ts'
import { type Known, loadSubjects } from './load-subjects.ts'
import { lookUpObjects, type ObjectLookUp } from './look-up-objects.ts'
import { readEvent, type ToldEvent } from './read-event.ts'
import { unparkChildren } from './unpark-children.ts'

export class ConcurrentReferenceError extends Error {
  override readonly name = 'ConcurrentReferenceError'
}

/** Children one transaction brings back from the parking place; the rest is queued as work of its own. */
const CHILD_COUNT_MAX = 100

export type ApplyDeps = {
  newId: NewId
  ledgerAccounts: LedgerAccounts
  /** fewer children than usual: 0 when one of them may be at fault */
  childCountMax?: number
  /** told of what the events made of their payments and payouts, before it is written */
  onFolded?: (fold: Fold) => void
}
/** Subjects as they are now, with the status each had before, and everything that is about to be written. */
export type Fold = {
  subjects: Subject[]
  statusesBefore: Map<string, string | undefined>
  changes: Changes
}
export type AppliedEvent = {
  claimed: ClaimedEvent
  status: 'applied' | 'ignored' | 'parked'
  paymentId: string | null
  /** why it was ignored */
  reason?: string
}

/**
 * The caller records the outcomes, in the same transaction.
 *
 * @throws DomainError when an event is at fault; the caller finds out which by applying fewer at a time
 */
export async function applyEvents(
  tx: Transaction,
  claimed: ClaimedEvent[],
  deps: ApplyDeps & { at: Date },
): Promise<{ applied: AppliedEvent[]; outcomes: OutcomeRow[] }> {
  const outcomes: OutcomeRow[] = []
  const applied: AppliedEvent[] = []
  const told: ToldEvent[] = []
  for (const { claimed: event, facts } of claimed.map(readEvent)) {
    if (facts.outcome === 'facts') {
      told.push({ claimed: event, facts })
    } else {
      const { reason } = facts
      outcomes.push({ ...ownedBy(event), status: 'ignored', reason, paymentId: null })
      applied.push({ claimed: event, status: 'ignored', paymentId: null, reason })
    }
  }
  if (told.length > 0) await applyTold(tx, told, deps, outcomes, applied)
  return { applied, outcomes }
}

/** Applies what was told, by events and by answers, and what the caller knows beside it. */
export async function applyTold(
  tx: Transaction,
  told: ToldEvent[],
  deps: ApplyDeps & { at: Date; known?: Known[] },
  outcomes: OutcomeRow[],
  applied: AppliedEvent[],
): Promise<void> {
  const { lookUp, unparked, queued, assignment, subjects, known } = await gather(tx, told, deps)
  for (const { attempts } of subjects) {
    for (const attempt of attempts) checkClaim(known.get(attempt.id), attempt)
  }
  const actors = new Map([...known.values()].map(({ subjectId, actor }) => [subjectId, actor]))

  const statusesBefore = new Map(subjects.map((subject) => [subject.id, statusOf(subject)]))
  const changes = noChanges()
  for (const subject of subjects) {
    const actor = actors.get(subject.id) ?? 'provider'
    const context = { newId: deps.newId, at: deps.at, actor }
    if (subject.kind === 'payout') foldPayout(subject, changes, context)
    else foldPayment(subject, changes, context)
  }
  deps.onFolded?.({ subjects, statusesBefore, changes })
  await lockLateObjects(tx, lookUp, changes.objects)
  const parked = assignment.parked.flatMap((event) =>
    namesOf(event).map(({ kind, reference }) => ({
      inboxEventId: event.claimed.id,
      receivedAt: event.claimed.receivedAt,
      providerAccountId: event.claimed.providerAccountId,
      kind,
      reference,
    })),
  )
  const written = together(
    // First: what follows from a reference that another transaction made meanwhile would break a rule of its own.
    writeObjects(tx, lookUp, changes.objects),
    writeChanges(tx, changes, deps),
    createParked(tx, parked, deps.at),
    queueParked(tx, queued),
    deleteParked(tx, [...unparked, ...queued]),
  )
  await written.catch((error: unknown) => {
    throw constraintOf(error) === 'payments_reference_once_per_merchant'
      ? lostReference(error)
      : error
  })
  for (const { claimed } of assignment.parked) {
    applied.push({ claimed, status: 'parked', paymentId: null })
  }
  for (const { event, subjectId } of assignment.assigned) {
    if (event.answersFor !== undefined) continue
    const paymentId = event.facts.subject.kind === 'payout' ? null : subjectId
    outcomes.push({ ...ownedBy(event.claimed), status: 'applied', reason: null, paymentId })
    applied.push({ claimed: event.claimed, status: 'applied', paymentId })
  }
}

/** Everything the events are about: found, locked and loaded. */
async function gather(tx: Transaction, told: ToldEvent[], deps: GatherDeps) {
  const found = await gatherExcept(tx, told, deps, new Set())
  const second = secondEffects(told, found.subjects)
  if (second.size === 0) return found
  // A webhook was first with another intent: what was answered is about a second effect, and is found like any other.
  const known = deps.known?.map((one) => (second.has(one.subjectId) ? askingFacts(one) : one))
  return gatherExcept(tx, told, { ...deps, ...(known && { known }) }, second)
}

type GatherDeps = Pick<ApplyDeps, 'newId' | 'childCountMax'> & { known?: Known[] }

/** @param second payments whose answer is not about the object they are known by */
async function gatherExcept(
  tx: Transaction,
  told: ToldEvent[],
  deps: GatherDeps,
  second: ReadonlySet<string>,
) {
  const events = [...told]
  const lookUp = await lookUpObjects(tx, events)
  nameAnswers(lookUp, events, second)
  const childCountMax = deps.childCountMax ?? CHILD_COUNT_MAX
  const { groupOf, unparked, queued } = await unparkChildren(tx, lookUp, events, childCountMax)
  const meeting = [...new Set(events.map(groupOf))].filter(
    ({ subjectIds }) => subjectIds.length > 1,
  )
  const remaining = await listRemaining(
    tx,
    meeting.flatMap(({ subjectIds }) => subjectIds),
  )
  const assignment = assignSubjects(events, groupOf, lookUp.known, deps.newId, remaining)
  const subjects = await loadSubjects(tx, lookUp, assignment, deps.known)
  const idOf = ({ subjectId }: Known) => assignment.merged.get(subjectId) ?? subjectId
  const known = new Map(deps.known?.map((one) => [one.attemptId, { ...one, subjectId: idOf(one) }]))
  return { lookUp, unparked, queued, assignment, subjects, known }
}

function ownedBy({ id, merchantId, livemode }: ClaimedEvent) {
  return { inboxEventId: id, owner: { merchantId, livemode } }
}

/** The object an answer is about belongs to the payment it was asked for, whatever else it names. */
function nameAnswers(lookUp: ObjectLookUp, told: ToldEvent[], except: ReadonlySet<string>): void {
  for (const { claimed, facts, answersFor: subjectId, isOther } of told) {
    if (subjectId === undefined || isOther || except.has(subjectId)) continue
    const name = knownName(claimed.providerAccountId, facts.subject)
    if (!lookUp.known.has(name)) lookUp.known.set(name, subjectId)
  }
}

/** Payments that an answer tells of another intent than the one they have by now. */
function secondEffects(told: ToldEvent[], subjects: Subject[]): Set<string> {
  const references = new Map(subjects.map(({ id, payment }) => [id, payment?.providerReference]))
  const second = told.flatMap(({ facts: { subject }, answersFor, isOther }) => {
    if (answersFor === undefined || isOther || subject.kind !== 'intent') return []
    return (references.get(answersFor) ?? subject.reference) === subject.reference
      ? []
      : [answersFor]
  })
  return new Set(second)
}

/** What was answered about another object says nothing; the facts of the payment's own do. */
function askingFacts(known: Known): Known {
  return { ...known, verdict: { status: 'ask_facts', reason: 'no_answer', delaySeconds: 1 } }
}

/** Who writes after a claim must still hold it; somebody who claimed later writes instead. */
function checkClaim(known: Known | undefined, attempt: PaymentAttemptRow): void {
  if (known !== undefined && known.fence !== attempt.fence) throw new LostClaimError(attempt.id)
}

/** Objects that another transaction made after this one looked, of payments it has locked since. */
async function lockLateObjects(
  tx: Transaction,
  lookUp: ObjectLookUp,
  changed: ObjectLookUp['placeholders'],
): Promise<void> {
  const late = changed.filter((row) => !row.isNew && !lookUp.found.has(lookUp.nameOf(row)))
  const locked = await lockFreeProviderObjects(tx, late)
  if (locked.length === late.length) return
  // Whoever has it may be waiting for what is locked here.
  throw new ConcurrentReferenceError('another transaction made and holds one of these references')
}

/** New references are inserted, found ones updated; placeholders for parked children are references, too. */
async function writeObjects(
  tx: Transaction,
  lookUp: ObjectLookUp,
  changed: ObjectLookUp['placeholders'],
): Promise<void> {
  const written = new Set(changed.map(lookUp.nameOf))
  const placeholders = lookUp.placeholders.filter((row) => !written.has(lookUp.nameOf(row)))
  const created = [...changed, ...placeholders].filter((row) => row.isNew)
  const found = changed.filter((row) => !row.isNew)
  await together(createObjects(tx, created), updateProviderObjects(tx, found))
}

async function createObjects(tx: Transaction, rows: ObjectLookUp['placeholders']): Promise<void> {
  try {
    await createProviderObjects(tx, rows)
  } catch (error) {
    if (!isReferenceTaken(error)) throw error
    throw lostReference(error)
  }
}

function lostReference(cause: unknown): ConcurrentReferenceError {
  const message = 'another transaction made one of these references first'
  return new ConcurrentReferenceError(message, { cause })
}
