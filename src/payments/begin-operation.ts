/**
 * Begins an operation: key, payment and attempt are written in one transaction, before anything is sent. Whoever dies
 * after its commit leaves an attempt that a worker finds; whoever dies before it leaves nothing.
 */
import type { AttemptStep } from '../domain/attempt.ts'
import { noFacts } from '../domain/facts.ts'
import type { Asked, ProviderPayments } from '../providers/provider.ts'
import { readClock } from '../store/clock.ts'
import type { Transaction } from '../store/db.ts'
import { createIdempotencyKey, settleIdempotencyKeys } from '../store/idempotency-keys.ts'
import { claimOperationReference } from '../store/provider-objects.ts'
import type { PaymentAttemptRow, PaymentRow } from '../store/rows.ts'
import { noChanges } from './changes.ts'
import { paymentEventTypes } from './event-types.ts'
import { jsonAnswer } from './final-answer.ts'
import { canonicalJson, fingerprintOf, type OperationRequest, providerKeyOf } from './operation.ts'
import { LEASE_SECONDS, type OperationDeps } from './operation-deps.ts'
import { presentPayment } from './present-payment.ts'
import { recordChange } from './record-change.ts'
import { recordAttempt } from './settle-attempts.ts'
import { writeChanges } from './write-changes.ts'

/** What a request comes to, decided under the payment's lock. */
export type Plan =
  | {
      outcome: 'attempt'
      step: AttemptStep
      payment: PaymentRow
      isNew: boolean
      asked: Omit<Asked, 'operationId'>
      /** what is asked for, named by the merchant or not */
      amountMinor: bigint
      confirms: boolean
      knownAtSeconds: bigint
    }
  /** an earlier request made it already */
  | { outcome: 'exists'; payment: PaymentRow }

export type MakePlan = (tx: Transaction, at: Date) => Promise<Plan>

export type Begun =
  | { outcome: 'attempt'; attempt: PaymentAttemptRow; payment: PaymentRow }
  | { outcome: 'exists'; payment: PaymentRow }

/** The key was there already: this transaction is undone, and the request is a repeat. */
export class KeyTakenError extends Error {
  override readonly name = 'KeyTakenError'
}

const EXISTS_STATUS = 200

export async function beginOperation(
  tx: Transaction,
  deps: OperationDeps,
  options: {
    request: OperationRequest
    provider: ProviderPayments
    key: string
    operationId: string
    makePlan: MakePlan
  },
): Promise<Begun> {
  const { request, key } = options
  const at = await readClock(tx)
  const plan = await options.makePlan(tx, at)
  const paymentId = plan.payment.id
  const fingerprint = fingerprintOf(request)
  // The operation that made the payment has its own keys and its own answer.
  const operationId =
    plan.outcome === 'exists' ? `${options.operationId}:${key}` : options.operationId
  if (!(await createIdempotencyKey(tx, request, { key, fingerprint, operationId, paymentId }))) {
    throw new KeyTakenError('the idempotency key is taken')
  }
  if (plan.outcome === 'exists') {
    const answer = jsonAnswer(EXISTS_STATUS, presentPayment(plan.payment))
    await settleIdempotencyKeys(tx, [{ operationId, ...answer }], at)
    return plan
  }
  const attempt = newAttempt(deps, options, plan, at)
  const changes = noChanges()
  const context = { newId: deps.newId, at, actor: request.actor }
  let { sequence } = plan.payment
  const takeSequence = () => {
    sequence += 1n
    return sequence
  }
  if (plan.isNew) {
    recordChange(changes, context, {
      cause: {
        correlationId: request.correlationId,
        traceContext: request.traceContext,
        inboxEventId: null,
      },
      subject: { ...plan.payment, takeSequence },
      before: undefined,
      after: plan.payment,
      types: paymentEventTypes(undefined, plan.payment),
      render: presentPayment,
    })
  }
  recordAttempt(changes, context, { attempt, before: undefined, takeSequence })
  const payment = { ...plan.payment, sequence, updatedAt: at }
  changes.payments.push(payment)
  changes.attempts.push(attempt)
  if (plan.step === 'refund') {
    changes.refundRequested.push({ paymentId, amountMinor: plan.amountMinor })
  }
  await writeChanges(tx, changes, { newId: deps.newId, ledgerAccounts: deps.ledgerAccounts, at })
  if (plan.step === 'create' || plan.step === 'refund') {
    const { merchantId, livemode, providerAccountId } = payment
    const owner = { merchantId, livemode, providerAccountId }
    const reference = { kind: 'operation' as const, reference: operationId, facts: noFacts }
    await claimOperationReference(tx, { ...owner, ...reference, subjectId: paymentId })
  }
  return { outcome: 'attempt', attempt, payment }
}

function newAttempt(
  deps: OperationDeps,
  options: { request: OperationRequest; provider: ProviderPayments; operationId: string },
  plan: Extract<Plan, { outcome: 'attempt' }>,
  at: Date,
): PaymentAttemptRow {
  const { request, provider, operationId } = options
  const { payment, step, asked, amountMinor } = plan
  const number = 1
  const paymentReference = payment.providerReference ?? undefined
  return {
    id: deps.newId('paymentAttempt'),
    merchantId: payment.merchantId,
    livemode: payment.livemode,
    providerAccountId: payment.providerAccountId,
    paymentId: payment.id,
    operationId,
    step,
    number,
    providerKey: providerKeyOf(operationId, step, number),
    request: canonicalJson(
      provider.buildRequest(step, { ...asked, operationId }, paymentReference),
    ),
    confirms: plan.confirms,
    amountMinor,
    currency: payment.currency,
    // We send it right after the commit; should we die before, a worker takes it for sent all the same.
    status: 'sent',
    knownAtSeconds: plan.knownAtSeconds,
    reason: null,
    error: null,
    providerReference: null,
    leaseUntil: new Date(at.getTime() + LEASE_SECONDS * 1000),
    fence: 1n,
    nextAt: null,
    checkCount: 1,
    actor: request.actor,
    requestId: request.requestId,
    correlationId: request.correlationId,
    traceContext: request.traceContext,
    createdAt: at,
    sentAt: at,
    settledAt: null,
  }
}
