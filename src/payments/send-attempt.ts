/** Sends an attempt, outside of any transaction, and says what was told of it. */
import type { PaymentError } from '../domain/payment.ts'
import type {
  ObjectFactsTold,
  ProviderAnswer,
  ProviderFinding,
  ProviderPayments,
  ProviderRequest,
  Sending,
} from '../providers/provider.ts'
import type { PaymentAttemptRow, PaymentRow } from '../store/rows.ts'
import { LEASE_SECONDS } from './attempt-lease.ts'
import type { OperationDeps } from './operation-deps.ts'
import type { Verdict } from './verdict.ts'

/** What is told of an attempt, ready to be applied. */
export type Told = {
  verdict: Verdict
  facts: ObjectFactsTold | undefined
  /** of second effects that were found beside it */
  others?: ObjectFactsTold[]
}

const FIRST_DELAY_SECONDS = 1
const DELAY_SECONDS_MAX = 3600

/** 1, 2, 4 ... seconds, an hour at most. */
export function delayAfter(checkCount: number): number {
  return Math.min(FIRST_DELAY_SECONDS * 2 ** Math.max(0, checkCount - 1), DELAY_SECONDS_MAX)
}

export function sendingOf(attempt: PaymentAttemptRow, payment: PaymentRow): Sending {
  const request = JSON.parse(attempt.request) as ProviderRequest
  const named = 'amount' in request.params || 'amount_to_capture' in request.params
  return {
    step: attempt.step,
    operationId: attempt.operationId,
    providerKey: attempt.providerKey,
    request,
    amountMinor: payment.amountMinor,
    currency: payment.currency,
    askedAmountMinor: named ? attempt.amountMinor : undefined,
    paymentReference: payment.providerReference ?? undefined,
    knownAtSeconds: attempt.knownAtSeconds,
    sentAtSeconds: Math.floor((attempt.sentAt ?? attempt.createdAt).getTime() / 1000),
  }
}

/**
 * @param claimedAtMs when the claim was taken, by our monotonic clock, at the latest
 * @param options.isBesideKey an earlier request may have had the effect, and no key holds the two together: a refusal may
 *   well be because of it
 * @returns undefined when the claim may end before the call does: nothing was sent, and a worker goes on
 */
export async function sendAttempt(
  deps: Pick<OperationDeps, 'timeoutMs' | 'nowMs'>,
  provider: ProviderPayments,
  attempt: PaymentAttemptRow,
  payment: PaymentRow,
  claimedAtMs: number,
  options: { isBesideKey?: boolean } = {},
): Promise<Told | undefined> {
  const leftMs = LEASE_SECONDS * 1000 - (deps.nowMs() - claimedAtMs)
  if (leftMs <= deps.timeoutMs) return undefined
  const sending = sendingOf(attempt, payment)
  const answer = await provider.send(sending)
  const isInDoubt = answer.outcome === 'refused' && (options.isBesideKey ?? attempt.number > 1)
  if (answer.outcome !== 'contested' && !isInDoubt) return toldBy(answer, attempt)
  const finding = await provider.find(sending)
  return toldByFinding(finding, attempt, answer.error)
}

function toldBy(
  answer: Exclude<ProviderAnswer, { outcome: 'contested' }>,
  attempt: PaymentAttemptRow,
): Told {
  const delaySeconds = delayAfter(attempt.checkCount)
  switch (answer.outcome) {
    case 'accepted': {
      const { facts, providerReference } = answer
      return { facts, verdict: { status: 'succeeded', error: null, providerReference } }
    }
    case 'declined': {
      const { facts, error, providerReference } = answer
      return { facts, verdict: { status: 'declined', error, providerReference } }
    }
    case 'refused': {
      const { error } = answer
      return { facts: undefined, verdict: { status: 'failed', error, providerReference: null } }
    }
    case 'unsent': {
      const delay = Math.max(answer.retryAfterSeconds, delaySeconds)
      // An earlier try may have had its effect: that this one did not leave tells nothing of it.
      return mayHaveHadEffect(attempt)
        ? {
            facts: undefined,
            verdict: {
              status: 'unknown',
              reason: attempt.reason ?? 'no_answer',
              delaySeconds: delay,
            },
          }
        : {
            facts: undefined,
            verdict: { status: 'created', reason: 'unsent', delaySeconds: delay },
          }
    }
    case 'unknown':
      return {
        facts: undefined,
        verdict: {
          status: 'unknown',
          reason: answer.reason,
          // It has ended, so there is nothing to wait for before the first look.
          delaySeconds: answer.reason === 'key_spent' ? FIRST_DELAY_SECONDS : delaySeconds,
        },
      }
  }
}

/** Facts decide. Without any, a refusal that only a thing done already would explain stays to be found out. */
export function toldByFinding(
  finding: ProviderFinding,
  attempt: PaymentAttemptRow,
  refusal?: PaymentError,
): Told {
  const delaySeconds = delayAfter(attempt.checkCount)
  const reason = attempt.reason ?? 'no_answer'
  if (finding.outcome !== 'found') {
    return { facts: undefined, verdict: { status: 'unknown', reason, delaySeconds } }
  }
  return {
    facts: finding.facts,
    others: finding.others,
    verdict: { status: 'ask_facts', reason, delaySeconds, ...(refusal && { refusal }) },
  }
}

export function mayHaveHadEffect({ reason }: PaymentAttemptRow): boolean {
  return reason !== null && reason !== 'unsent'
}
