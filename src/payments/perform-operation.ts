/**
 * Payments: what a merchant asks for, once.
 *
 * In: a checked request and how to plan it. Out: its one final answer, or 202 while the outcome is not known.
 * Promise: however often and wherever a request is repeated, the provider is asked for one effect.
 * Imports ledger, providers' port, store and domain.
 */
import { DomainError } from '../domain/errors.ts'
import type { ProviderPayments } from '../providers/provider.ts'
import { constraintOf, databaseFaultOf } from '../store/database-fault.ts'
import {
  findIdempotencyKey,
  type IdempotencyKeyRow,
  type SettledAnswer,
} from '../store/idempotency-keys.ts'
import { claimAttempts, findAttemptOfOperation } from '../store/payment-attempts.ts'
import { findPayment } from '../store/payments.ts'
import type { PaymentAttemptRow, PaymentRow } from '../store/rows.ts'
import { LEASE_SECONDS } from './attempt-lease.ts'
import { type Begun, KeyTakenError } from './begin-operation.ts'
import { jsonAnswer, presentRequested, type RenderedAnswer } from './final-answer.ts'
import { LostClaimError } from './lost-claim-error.ts'
import { fingerprintOf, type OperationRequest, operationIdOf } from './operation.ts'
import type { RequestDeps } from './operation-deps.ts'
import type { MakePlan } from './plan.ts'
import { presentPayment } from './present-payment.ts'
import type { RecentAnswer } from './recent-answers.ts'
import { resolveAttempt } from './resolve-attempt.ts'
import { sendAttempt } from './send-attempt.ts'

export type OperationAnswer = {
  status: number
  contentType: string
  body: string | Buffer
  /** given, or generated and told so that the request can be repeated */
  key: string
  paymentId: string
  isReplay: boolean
  /** set while the outcome is not known */
  retryAfterSeconds?: number
}

const RUNNING_RETRY_SECONDS = 1
const UNKNOWN_RETRY_SECONDS = 2
const BEGIN_REPEATS_MAX = 5

export async function performOperation(
  deps: RequestDeps,
  provider: ProviderPayments,
  request: OperationRequest,
  { makePlan, makesPayment }: { makePlan: MakePlan; makesPayment: boolean },
): Promise<OperationAnswer> {
  const key = request.givenKey ?? deps.newId('idempotencyKey')
  const remembered =
    request.givenKey === undefined ? undefined : await deps.recentAnswers.find(request, key)
  if (remembered !== undefined) return answerFromCache(deps, request, key, remembered)
  const operationId = operationIdOf(deps.installationId, request, key)
  for (let repeat = 0; ; repeat++) {
    // A new payment is rarely a repeat, and its key is found taken when it is one: nothing need be read before.
    const isNew = makesPayment && repeat === 0 && provider.isAvailable()
    const known =
      request.givenKey === undefined || isNew
        ? undefined
        : await findIdempotencyKey(deps.database, request, key)
    if (known !== undefined) return answerRepeat(deps, request, known)
    if (!provider.isAvailable()) {
      throw new DomainError('provider_unavailable', { retryAfterSeconds: UNKNOWN_RETRY_SECONDS })
    }
    const claimedAtMs = deps.nowMs()
    let begun: Begun
    try {
      begun = await deps.writes.begin({
        ...{ request, provider, key, operationId, makePlan, makesPayment },
      })
    } catch (error) {
      if (repeat < BEGIN_REPEATS_MAX && isRepeatable(error)) continue
      // The same request may have begun, or even ended, while this one waited for the payment.
      const begunMeanwhile = await findIdempotencyKey(deps.database, request, key)
      if (begunMeanwhile !== undefined) return answerRepeat(deps, request, begunMeanwhile)
      throw knownFailureOf(error)
    }
    if (begun.outcome === 'exists') {
      const { id: paymentId } = begun.payment
      const final = jsonAnswer(200, presentPayment(begun.payment))
      remember(deps, request, final, paymentId)
      return { ...final, key, paymentId, isReplay: false }
    }
    return sendAndAnswer(deps, provider, { ...begun, key, claimedAtMs, request })
  }
}

async function sendAndAnswer(
  deps: RequestDeps,
  provider: ProviderPayments,
  begun: {
    attempt: PaymentAttemptRow
    payment: PaymentRow
    key: string
    claimedAtMs: number
    request: OperationRequest
  },
): Promise<OperationAnswer> {
  const { attempt, payment, key, claimedAtMs, request } = begun
  const startedAtMs = deps.nowMs()
  const told = await sendAttempt(deps, provider, attempt, payment, claimedAtMs)
  let final: SettledAnswer | undefined
  try {
    const { provider: name } = payment
    const { actor } = request
    final = told && (await deps.writes.record({ attempt, provider: name, actor, ...told }))
  } catch (error) {
    if (!(error instanceof LostClaimError)) throw error
  }
  if (final !== undefined) remember(deps, request, final, attempt.paymentId)
  const seconds = (deps.nowMs() - startedAtMs) / 1000
  const answer =
    final === undefined
      ? await answerAsKnown(deps, request, key, attempt)
      : { ...final, key, paymentId: attempt.paymentId, isReplay: false }
  const { requestId, correlationId } = request
  const { id: attemptId, step } = attempt
  const status = told?.verdict.status ?? 'sent'
  const reason = told !== undefined && 'reason' in told.verdict ? told.verdict.reason : null
  const ids = { paymentId: payment.id, attemptId, requestId, correlationId }
  deps.telemetry.attempt({ ...ids, step, status, reason, seconds })
  if (attempt.confirms || step === 'create') {
    deps.telemetry.paymentRequest(statusIn(answer), (deps.nowMs() - claimedAtMs) / 1000)
  }
  return answer
}

/** The payment's status, as the caller reads it. */
function statusIn({ status, body }: OperationAnswer): string {
  if (status >= 400) return 'failed'
  return String((JSON.parse(body.toString()) as { status: unknown }).status)
}

/** The stored final answer, or what is known so far. */
async function answerAsKnown(
  deps: RequestDeps,
  request: OperationRequest,
  key: string,
  attempt: PaymentAttemptRow,
): Promise<OperationAnswer> {
  const stored = await findIdempotencyKey(deps.database, request, key)
  if (stored?.status === null || stored === undefined)
    return answerUnknown(deps, request, key, attempt)
  const { paymentId } = attempt
  const final = await finalOf(deps, request, stored)
  return { ...final, key, paymentId, isReplay: false }
}

async function answerUnknown(
  deps: RequestDeps,
  request: OperationRequest,
  key: string,
  attempt: PaymentAttemptRow,
): Promise<OperationAnswer> {
  const payment = await findPayment(deps.database, request, attempt.paymentId)
  if (payment === undefined) throw new Error(`payment ${attempt.paymentId} is gone`)
  const shown = presentPayment(payment)
  const waiting = attempt.confirms ? { ...shown, status: 'processing' as const } : shown
  const body = attempt.step === 'refund' ? presentRequested(attempt, []) : waiting
  return {
    ...jsonAnswer(202, body),
    ...{ key, paymentId: attempt.paymentId, isReplay: false },
    retryAfterSeconds: UNKNOWN_RETRY_SECONDS,
  }
}

/** A final answer never changes, so one that is remembered is as good as the one in the database. */
function answerFromCache(
  deps: RequestDeps,
  request: OperationRequest,
  key: string,
  { fingerprint, ...final }: RecentAnswer,
): OperationAnswer {
  requireSameRequest(fingerprint, request)
  deps.telemetry.idempotencyReplay('cache')
  return { ...final, key, isReplay: true }
}

/** To be called after the commit. A key that was made for the caller is hardly ever sent again, and so not remembered. */
function remember(
  deps: RequestDeps,
  request: OperationRequest,
  { status, contentType, body }: RenderedAnswer,
  paymentId: string,
): void {
  if (request.givenKey === undefined) return
  const fingerprint = fingerprintOf(request)
  const answer = { fingerprint, status, contentType, body: Buffer.from(body), paymentId }
  deps.recentAnswers.keep(request, request.givenKey, answer)
}

function requireSameRequest(fingerprint: Buffer, request: OperationRequest): void {
  if (!fingerprint.equals(fingerprintOf(request))) {
    throw new DomainError('idempotency_key_reused_with_different_request')
  }
}

async function answerRepeat(
  deps: RequestDeps,
  request: OperationRequest,
  known: IdempotencyKeyRow,
): Promise<OperationAnswer> {
  requireSameRequest(known.fingerprint, request)
  const { key, paymentId } = known
  if (known.status !== null) {
    deps.telemetry.idempotencyReplay('database')
    return { ...(await finalOf(deps, request, known)), key, paymentId, isReplay: true }
  }
  const attempt = await findAttemptOfOperation(deps.database, known.operationId)
  if (attempt === undefined) throw new Error(`operation ${known.operationId} has no attempt`)
  // Whoever began it may be gone: then this request goes on where that one stopped.
  const claimedAtMs = deps.nowMs()
  const [claimed] = await claimAttempts(deps.database, {
    countMax: 1,
    leaseSeconds: LEASE_SECONDS,
    only: attempt.id,
  })
  if (claimed !== undefined) {
    await resolveAttempt(deps, claimed, claimedAtMs)
  } else if (attempt.status === 'sent' && !(await isSettled(deps, request, key))) {
    throw new DomainError('idempotency_key_in_use', { retryAfterSeconds: RUNNING_RETRY_SECONDS })
  }
  const answer = await answerAsKnown(deps, request, key, attempt)
  return { ...answer, isReplay: answer.status !== 202 && claimed === undefined }
}

async function isSettled(
  deps: RequestDeps,
  request: OperationRequest,
  key: string,
): Promise<boolean> {
  return ((await findIdempotencyKey(deps.database, request, key))?.status ?? null) !== null
}

/** Byte for byte what was answered; once that is erased, the payment as it is. */
async function finalOf(
  deps: RequestDeps,
  request: OperationRequest,
  stored: IdempotencyKeyRow,
): Promise<Pick<OperationAnswer, 'status' | 'contentType' | 'body'>> {
  const { status, contentType, body, paymentId, key, fingerprint } = stored
  if (status !== null && contentType !== null && body !== null) {
    const final = { status, contentType, body }
    if (stored.isRecent) deps.recentAnswers.keep(request, key, { ...final, fingerprint, paymentId })
    return final
  }
  const payment = await findPayment(deps.database, request, paymentId)
  if (payment === undefined) throw new DomainError('not_found')
  return jsonAnswer(200, presentPayment(payment))
}

function isRepeatable(error: unknown): boolean {
  if (error instanceof KeyTakenError || databaseFaultOf(error) === 'transient') return true
  const constraint = constraintOf(error)
  return (
    constraint === 'payments_reference_once_per_merchant' ||
    constraint === 'payment_attempts_once_per_operation_step'
  )
}

/** Rules that the database holds too: two requests may have passed our own check side by side. */
function knownFailureOf(error: unknown): unknown {
  switch (constraintOf(error)) {
    case 'payment_attempts_one_open_per_payment':
      return new DomainError('payment_operation_in_progress', {
        retryAfterSeconds: RUNNING_RETRY_SECONDS,
        cause: error,
      })
    case 'payments_refund_requested_within_received':
      return new DomainError('refund_exceeds_received_amount', { cause: error })
    default:
      return error
  }
}
