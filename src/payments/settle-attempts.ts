/**
 * Settles attempts in the commit that learns their outcome, whoever learns it: the request that waits, a worker, or a
 * webhook. State, history, outbox and the final answer of the idempotency key change together.
 */
import { isSettled } from '../domain/attempt.ts'
import { laneOf } from '../domain/lane.ts'
import type { PaymentAttemptRow, PaymentRow, RefundRow } from '../store/rows.ts'
import type { Changes } from './changes.ts'
import { type EventType, paymentEventTypes } from './event-types.ts'
import { finalAnswer } from './final-answer.ts'
import { newestSeconds } from './newest-seconds.ts'
import { providerKeyOf } from './operation.ts'
import { presentAttempt } from './present-attempt.ts'
import { presentPayment } from './present-payment.ts'
import { projectPayment } from './project/payment.ts'
import { type Cause, type ChangeContext, eventVersion, recordChange } from './record-change.ts'
import type { Subject } from './subject.ts'
import { type Verdict, verdictFromFacts, verdictWithoutEffect } from './verdict.ts'

type Owner = Subject & { takeSequence: () => bigint }

/** Whether the outcome of a request to charge is awaited: until then no status may read like an invitation to pay. */
export function awaitsCharge(subject: Subject): boolean {
  return subject.attempts.some((attempt) => {
    if (!attempt.confirms) return false
    const verdict = verdictOf(attempt, subject)
    return verdict === undefined || !isSettled(verdict.status) || isAskedAgain(verdict)
  })
}

/** @returns the attempts that are settled from now on */
export function settleAttempts(
  subject: Owner,
  changes: Changes,
  context: ChangeContext,
): PaymentAttemptRow[] {
  const settled: PaymentAttemptRow[] = []
  for (const before of subject.attempts) {
    const verdict = verdictOf(before, subject)
    if (verdict === undefined) {
      if (subject.movedAttemptIds.has(before.id)) changes.attempts.push(before)
      continue
    }
    const after = attemptAfter(before, verdict, context.at)
    changes.attempts.push(after)
    // A claim is only the turn of a worker: what was unknown and still is, is no change.
    if (after.status !== 'created' && !(after.status === 'unknown' && wasUnknown(before))) {
      recordAttempt(changes, context, {
        attempt: after,
        before,
        takeSequence: subject.takeSequence,
      })
    }
    if (isAskedAgain(verdict)) {
      askAgain(subject, after, changes, context)
      continue
    }
    followAttempt(subject, after, changes, context)
    if (!isSettled(after.status)) continue
    settled.push(after)
    if (after.step === 'refund') {
      changes.refundRequested.push({ paymentId: subject.id, amountMinor: -after.amountMinor })
    }
  }
  return settled
}

/** Rendered when everything else of the payment is decided. */
export function answerSettled(
  settled: PaymentAttemptRow[],
  payment: PaymentRow,
  refunds: RefundRow[],
  changes: Changes,
): void {
  for (const attempt of settled) {
    changes.answers.push(finalAnswer(attempt, payment, refunds))
  }
}

/** One immutable history row and one event: an attempt was written, or its outcome became known. */
export function recordAttempt(
  changes: Changes,
  context: ChangeContext,
  change: {
    attempt: PaymentAttemptRow
    before: PaymentAttemptRow | undefined
    takeSequence: () => bigint
  },
): void {
  const { attempt, before } = change
  const { merchantId, livemode, paymentId, correlationId, traceContext } = attempt
  // Whether somebody sends it at once or a worker does later: it was written.
  const type: EventType = `payment_attempt.${
    before === undefined || attempt.status === 'sent' ? 'created' : attempt.status
  }`
  const data = presentAttempt(attempt)
  changes.history.push({
    ...{ merchantId, livemode, subjectId: paymentId, kind: type, correlationId },
    before: before === undefined ? null : { id: before.id, status: before.status },
    after: data,
    actor: context.actor,
    inboxEventId: null,
  })
  changes.outbox.push({
    ...{ merchantId, livemode, orderingKey: paymentId, correlationId, traceContext, type },
    id: context.newId('event'),
    sequence: change.takeSequence(),
    partition: laneOf(paymentId),
    apiVersion: eventVersion,
    payload: { type, timestamp: context.at.toISOString(), data },
  })
}

function isAskedAgain(verdict: SettledVerdict): boolean {
  return 'isAskedAgain' in verdict
}

/** The same request under the next key, in the commit that gives up the last one; a worker sends it. */
function askAgain(
  subject: Owner,
  before: PaymentAttemptRow,
  changes: Changes,
  context: ChangeContext,
): void {
  const { operationId, step } = before
  const number = before.number + 1
  const attempt: PaymentAttemptRow = {
    ...before,
    ...{ id: context.newId('paymentAttempt'), number },
    providerKey: providerKeyOf(operationId, step, number),
    ...{ status: 'created', reason: null, error: null, settledAt: null },
    knownAtSeconds: BigInt(newestSeconds([...subject.objects.values()])),
    ...{ leaseUntil: null, nextAt: context.at, fence: 0n, checkCount: 0, sentAt: null },
    createdAt: context.at,
  }
  changes.attempts.push(attempt)
  const { takeSequence } = subject
  recordAttempt(changes, context, { attempt, before: undefined, takeSequence })
}

function wasUnknown({ reason }: PaymentAttemptRow): boolean {
  return reason !== null && reason !== 'unsent' && reason !== 'sender_gone'
}

type SettledVerdict = Exclude<Verdict, { status: 'ask_facts' }>

function verdictOf(attempt: PaymentAttemptRow, subject: Subject): SettledVerdict | undefined {
  const { verdicts, objects } = subject
  const told = verdicts.get(attempt.id)
  if (told !== undefined && told.status !== 'ask_facts') return told
  const byFacts = verdictFromFacts(attempt, objects)
  return told === undefined ? byFacts : (byFacts ?? verdictWithoutEffect(attempt, objects, told))
}

function attemptAfter(
  before: PaymentAttemptRow,
  verdict: SettledVerdict,
  at: Date,
): PaymentAttemptRow {
  const row = { ...before, leaseUntil: null, nextAt: null }
  switch (verdict.status) {
    case 'succeeded':
    case 'declined':
    case 'failed': {
      const { status, error } = verdict
      const providerReference = verdict.providerReference ?? before.providerReference
      return { ...row, status, error, providerReference, reason: null, settledAt: at }
    }
    case 'unknown':
    case 'created': {
      const { status } = verdict
      const nextAt = new Date(at.getTime() + verdict.delaySeconds * 1000)
      return { ...row, status, reason: verdict.reason, nextAt }
    }
  }
}

/** The payment's own status, where no fact of the provider's gives it. */
function followAttempt(
  subject: Owner,
  attempt: PaymentAttemptRow,
  changes: Changes,
  context: ChangeContext,
): void {
  const before = subject.payment
  if (before === undefined || !attempt.confirms) {
    if (before === undefined || attempt.step !== 'create' || attempt.status !== 'failed') return
  }
  const after = paymentAfter(before, attempt, subject, context.at)
  if (after === before) return
  const { correlationId, traceContext } = attempt
  const cause: Cause = { correlationId, traceContext, inboxEventId: null }
  recordChange(changes, context, {
    cause,
    subject,
    before,
    after,
    types: paymentEventTypes(before, after),
    render: presentPayment,
  })
  subject.payment = after
}

function paymentAfter(
  payment: PaymentRow,
  attempt: PaymentAttemptRow,
  subject: Subject,
  at: Date,
): PaymentRow {
  const { status } = payment
  const isOpen = status === 'requires_payment_method' || status === 'requires_confirmation'
  if (!isSettled(attempt.status)) {
    return isOpen ? { ...payment, status: 'processing', updatedAt: at } : payment
  }
  const projected = projectPayment([...subject.objects.values()])
  if (projected === undefined) {
    // The provider refused to make it at all, so nothing further can be tried under it.
    return attempt.status === 'failed'
      ? { ...payment, status: 'failed', lastError: attempt.error, updatedAt: at }
      : payment
  }
  return status === 'processing' && projected.status !== 'processing'
    ? { ...payment, status: projected.status, updatedAt: at }
    : payment
}
