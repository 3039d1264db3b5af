/**
 * Finds out what became of an attempt that was sent and not answered, or sends one that never left.
 *
 * In this order: the same request under the same key while the provider keeps it (it replays or executes once, so both
 * worlds become one); after a failure of the provider's a read first, because a repeat only replays that failure; a
 * webhook, whenever it comes. That nothing is found is no result. Only where the provider's own object keeps a request from
 * taking effect twice does that object, unchanged, count as proof, and the request is sent under its next key.
 */
import type { ProviderPayments } from '../providers/provider.ts'
import { readClock } from '../store/clock.ts'
import { findPayment } from '../store/payments.ts'
import { readIdempotencyRule } from '../store/provider-accounts.ts'
import type { PaymentAttemptRow, PaymentRow } from '../store/rows.ts'
import { isBoundedByProvider } from './bounded-by-provider.ts'
import { LostClaimError } from './lost-claim-error.ts'
import type { OperationDeps } from './operation-deps.ts'
import {
  delayAfter,
  mayHaveHadEffect,
  sendAttempt,
  sendingOf,
  type Told,
  toldByFinding,
} from './send-attempt.ts'

/** Providers keep keys for 24 hours at least; an hour less, so that no request is under way when they forget. */
const KEY_WINDOW_MS = 23 * 3600 * 1000

/** @param attempt claimed by the caller; whatever happens here, it is free again or its lease ends */
export async function resolveAttempt(
  deps: OperationDeps,
  attempt: PaymentAttemptRow,
  claimedAtMs: number,
): Promise<void> {
  const startedAtMs = deps.nowMs()
  const payment = await findPayment(deps.database, attempt, attempt.paymentId)
  if (payment === undefined) throw new Error(`payment ${attempt.paymentId} is gone`)
  const provider = await deps.providerOf(
    payment.provider,
    payment.livemode,
    payment.providerAccountId,
  )
  const told =
    provider === undefined
      ? postponed(attempt)
      : await findOut(deps, provider, attempt, payment, claimedAtMs)
  if (told === undefined) return
  try {
    await deps.writes.record({ attempt, provider: payment.provider, actor: 'worker', ...told })
  } catch (error) {
    if (error instanceof LostClaimError) return
    throw error
  }
  deps.telemetry.attempt({
    paymentId: payment.id,
    attemptId: attempt.id,
    step: attempt.step,
    status: told.verdict.status,
    reason: 'reason' in told.verdict ? told.verdict.reason : null,
    seconds: (deps.nowMs() - startedAtMs) / 1000,
    requestId: attempt.requestId,
    correlationId: attempt.correlationId,
  })
}

async function findOut(
  deps: OperationDeps,
  provider: ProviderPayments,
  attempt: PaymentAttemptRow,
  payment: PaymentRow,
  claimedAtMs: number,
): Promise<Told | undefined> {
  const way = mayHaveHadEffect(attempt) ? await wayOf(deps, attempt, payment) : 'send'
  if (way === 'wait') {
    const delaySeconds = Math.max(1, Math.ceil(deps.settleMs / 1000))
    const reason = attempt.reason ?? 'no_answer'
    return { facts: undefined, verdict: { status: 'unknown', reason, delaySeconds } }
  }
  // A failure that the provider stored is replayed for as long as it keeps the key: reads and repeats take turns.
  const readsFirst = attempt.reason === 'provider_error' && attempt.checkCount % 2 === 0
  if (way === 'prove') return toldByLook(deps, provider, attempt, payment)
  if (way === 'send_again')
    return sendAttempt(deps, provider, attempt, payment, claimedAtMs, { isBesideKey: true })
  if (way === 'send' && !readsFirst)
    return sendAttempt(deps, provider, attempt, payment, claimedAtMs)
  return toldByFinding(await provider.find(sendingOf(attempt, payment)), attempt)
}

/**
 * Where keys are ignored a late effect is given its time before it is looked for, and nothing is sent twice but what the
 * provider's object keeps from happening twice: then looks and repeats take turns.
 */
async function wayOf(
  deps: OperationDeps,
  attempt: PaymentAttemptRow,
  payment: PaymentRow,
): Promise<'send' | 'send_again' | 'prove' | 'find' | 'wait'> {
  const rule = await readIdempotencyRule(deps.database, attempt.providerAccountId)
  const now = await readClock(deps.database)
  const sinceMs = now.getTime() - (attempt.sentAt ?? attempt.createdAt).getTime()
  if (rule === 'ignored') {
    if (sinceMs < deps.settleMs) return 'wait'
    const isBounded = isBoundedByProvider(attempt, payment)
    return isBounded && attempt.checkCount % 2 === 1 ? 'send_again' : 'find'
  }
  const isOver = attempt.reason === 'key_spent' || attempt.reason === 'unchanged'
  if (!isOver && sinceMs < KEY_WINDOW_MS) return 'send'
  return isBoundedByProvider(attempt, payment) ? 'prove' : 'find'
}

/**
 * The request has ended at the provider, and the object it would have changed is there to be read. Seen as it was, twice
 * and with the time between that a late effect is given, it proves that there was no effect; and should that be wrong, the
 * object itself keeps a second one from happening.
 */
async function toldByLook(
  { settleMs }: OperationDeps,
  provider: ProviderPayments,
  attempt: PaymentAttemptRow,
  payment: PaymentRow,
): Promise<Told> {
  const finding = await provider.find(sendingOf(attempt, payment))
  const told = toldByFinding(finding, attempt)
  // Of a refund, nothing is what the list shows when there was none; of anything else there is an object.
  const isLook =
    finding.outcome === 'found' || (finding.outcome === 'nothing' && attempt.step === 'refund')
  if (!isLook) return told
  const proof = {
    isSecondLook: attempt.reason === 'unchanged',
    settleSeconds: Math.max(1, Math.ceil(settleMs / 1000)),
  }
  const reason = attempt.reason ?? 'no_answer'
  const delaySeconds = delayAfter(attempt.checkCount)
  return { ...told, verdict: { status: 'ask_facts', reason, delaySeconds, proof } }
}

/** This process cannot call the provider; another one may, or this one with another configuration. */
function postponed(attempt: PaymentAttemptRow): Told {
  const delaySeconds = delayAfter(attempt.checkCount)
  return mayHaveHadEffect(attempt)
    ? {
        facts: undefined,
        verdict: { status: 'unknown', reason: attempt.reason ?? 'sender_gone', delaySeconds },
      }
    : { facts: undefined, verdict: { status: 'created', reason: 'unsent', delaySeconds } }
}
