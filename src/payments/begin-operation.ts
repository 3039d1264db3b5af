/**
 * Begins operations: keys, payments and attempts are written in one transaction, before anything is sent. Whoever dies
 * after its commit leaves attempts that a worker finds; whoever dies before it leaves nothing.
 */

import { DomainError } from '../domain/errors.ts'
import { noFacts } from '../domain/facts.ts'
import type { NewId } from '../domain/ids.ts'
import type { LedgerAccounts } from '../ledger/accounts.ts'
import type { ProviderPayments } from '../providers/provider.ts'
import type { Transaction } from '../store/db.ts'
import { createIdempotencyKeys } from '../store/idempotency-keys.ts'
import { claimOperationReferences } from '../store/provider-objects.ts'
import type { PaymentAttemptRow, PaymentRow } from '../store/rows.ts'
import { together } from '../store/together.ts'
import { type Changes, noChanges } from './changes.ts'
import { paymentEventTypes } from './event-types.ts'
import { jsonAnswer } from './final-answer.ts'
import { newAttempt } from './new-attempt.ts'
import { fingerprintOf, type OperationRequest } from './operation.ts'
import { type MakePlan, openPlanReads, type Plan, WaitsForPaymentError } from './plan.ts'
import { presentPayment } from './present-payment.ts'
import { recordChange } from './record-change.ts'
import { recordAttempt } from './settle-attempts.ts'
import { writeChanges } from './write-changes.ts'

export type Beginning = {
  request: OperationRequest
  provider: ProviderPayments
  key: string
  operationId: string
  makePlan: MakePlan
  /** no payment is there that it would have to wait for */
  makesPayment: boolean
}

export type Begun =
  | { outcome: 'attempt'; attempt: PaymentAttemptRow; payment: PaymentRow }
  | { outcome: 'exists'; payment: PaymentRow }

/** The key was there already: nothing was written, and the request is a repeat. */
export class KeyTakenError extends Error {
  override readonly name = 'KeyTakenError'
}

export type BeginDeps = { newId: NewId; ledgerAccounts: LedgerAccounts }
/** Planned and checked: what is written once its key is its own. */
type Planned =
  | { outcome: 'attempt'; plan: Extract<Plan, { outcome: 'attempt' }>; attempt: PaymentAttemptRow }
  | { outcome: 'exists'; payment: PaymentRow; before?: PaymentRow; operationId: string }

const EXISTS_STATUS = 200

/**
 * @returns for each, in their order, how it began, or why it did not: a `DomainError` or `WaitsForPaymentError` of its plan,
 *   or `KeyTakenError`; nothing is written for those, and the others stand
 */
export async function beginOperations(
  tx: Transaction,
  deps: BeginDeps,
  beginnings: Beginning[],
  { at, isShared }: { at: Date; isShared: boolean },
): Promise<(Begun | Error)[]> {
  const reads = openPlanReads(tx, at, isShared)
  const planned = await planAll(deps, beginnings, reads)
  const isOwn = await takeKeys(tx, beginnings, planned)
  const changes = noChanges()
  const references: Parameters<typeof claimOperationReferences>[1] = []
  const outcomes = planned.map((one, index): Begun | Error => {
    if (one instanceof Error) return one
    if (!isOwn.has(index)) return new KeyTakenError('the idempotency key is taken')
    if (one.outcome === 'exists') {
      const { request } = beginnings[index] ?? {}
      if (request !== undefined) recordUser(deps, request, one, changes, at)
      const answer = jsonAnswer(EXISTS_STATUS, presentPayment(one.payment))
      changes.answers.push({ operationId: one.operationId, ...answer })
      return { outcome: 'exists', payment: one.payment }
    }
    const payment = recordBeginning(deps, one, changes, at)
    if (one.plan.step === 'create' || one.plan.step === 'refund') {
      const { merchantId, livemode, providerAccountId, operationId } = one.attempt
      references.push({
        ...{ merchantId, livemode, providerAccountId, kind: 'operation', reference: operationId },
        ...{ facts: noFacts, subjectId: payment.id },
      })
    }
    return { outcome: 'attempt', attempt: one.attempt, payment }
  })
  await together(
    writeChanges(tx, changes, { ...deps, at }),
    claimOperationReferences(tx, references),
  )
  return outcomes
}

/**
 * Payments are inserted in the order of their ids, and a reference is unique. So ids are made in the order of the
 * references: two transactions that make payments for the same orders never wait for each other.
 */
async function planAll(
  deps: BeginDeps,
  beginnings: Beginning[],
  reads: ReturnType<typeof openPlanReads>,
): Promise<(Planned | Error)[]> {
  const places = beginnings.map((_, index) => index)
  const referenceAt = (place: number) => beginnings[place]?.request.reference ?? ''
  const inOrder = places.toSorted((a, b) => (referenceAt(a) < referenceAt(b) ? -1 : 1))
  const made = await together(
    ...inOrder.map((place) => planOne(deps, beginnings[place] as Beginning, reads)),
  )
  const planned: (Planned | Error)[] = []
  for (const [index, place] of inOrder.entries()) planned[place] = made[index] as Planned
  return planned
}

/** What the request comes to; a rule it breaks is its own outcome, a failure of the database is everybody's. */
async function planOne(
  deps: BeginDeps,
  beginning: Beginning,
  reads: ReturnType<typeof openPlanReads>,
): Promise<Planned | Error> {
  const { key, operationId, makePlan } = beginning
  try {
    const plan = await makePlan(reads)
    if (plan.outcome === 'attempt') {
      return {
        outcome: 'attempt',
        plan,
        attempt: newAttempt(deps.newId, beginning, plan, reads.at),
      }
    }
    // The operation that made the payment has its own keys and its own answer.
    return { ...plan, operationId: `${operationId}:${key}` }
  } catch (error) {
    if (error instanceof DomainError || error instanceof WaitsForPaymentError) return error
    throw error
  }
}

/** @returns the places of those whose key was written and is theirs */
async function takeKeys(
  tx: Transaction,
  beginnings: Beginning[],
  planned: (Planned | Error)[],
): Promise<Set<number>> {
  const wanted = planned.flatMap((one, index) => {
    const beginning = beginnings[index]
    if (one instanceof Error || beginning === undefined) return []
    const { request, key } = beginning
    const { merchantId, livemode } = request
    const [operationId, paymentId] =
      one.outcome === 'exists'
        ? [one.operationId, one.payment.id]
        : [one.attempt.operationId, one.attempt.paymentId]
    const fingerprint = fingerprintOf(request)
    return { index, row: { merchantId, livemode, key, fingerprint, operationId, paymentId } }
  })
  const created = await createIdempotencyKeys(
    tx,
    wanted.map(({ row }) => row),
  )
  return new Set(wanted.filter((_, place) => created[place]).map(({ index }) => index))
}

/** An adopted payment that learned whose it is. */
function recordUser(
  deps: BeginDeps,
  { actor, correlationId, traceContext }: OperationRequest,
  { payment, before }: { payment: PaymentRow; before?: PaymentRow },
  changes: Changes,
  at: Date,
): void {
  if (before === undefined || before.userId === payment.userId) return
  let { sequence } = payment
  const takeSequence = () => {
    sequence += 1n
    return sequence
  }
  recordChange(
    changes,
    { newId: deps.newId, at, actor },
    {
      cause: { correlationId, traceContext, inboxEventId: null },
      subject: { ...payment, takeSequence },
      ...{ before, after: payment, types: ['payment.updated'], render: presentPayment },
    },
  )
  changes.payments.push({ ...payment, sequence })
}

function recordBeginning(
  deps: BeginDeps,
  { plan, attempt }: Extract<Planned, { outcome: 'attempt' }>,
  changes: Changes,
  at: Date,
): PaymentRow {
  const context = { newId: deps.newId, at, actor: attempt.actor }
  let { sequence } = plan.payment
  const takeSequence = () => {
    sequence += 1n
    return sequence
  }
  const { correlationId, traceContext } = attempt
  const payment = { ...plan.payment, updatedAt: at }
  recordChange(changes, context, {
    cause: { correlationId, traceContext, inboxEventId: null },
    subject: { ...payment, takeSequence },
    before: plan.before,
    after: payment,
    types: paymentEventTypes(plan.before, payment),
    render: presentPayment,
  })
  recordAttempt(changes, context, { attempt, before: undefined, takeSequence })
  const begun = { ...payment, sequence }
  changes.payments.push(begun)
  changes.attempts.push(attempt)
  if (plan.step === 'refund') {
    const { amountMinor } = plan
    changes.refundRequested.push({ paymentId: begun.id, amountMinor })
  }
  return begun
}
