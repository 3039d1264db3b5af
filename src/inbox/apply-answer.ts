import type { AttemptAnswer } from '../payments/operation-deps.ts'
import type { Transaction } from '../store/db.ts'
import type { ClaimedEvent } from '../store/inbox-claims.ts'
import { type OutcomeRow, recordOutcomes } from '../store/inbox-results.ts'
import { type AppliedEvent, type ApplyDeps, applyTold } from './apply-events.ts'

/**
 * Applies what a provider answered to a request of ours as if it were an event: the same facts, locks and fold, so that
 * an answer and its webhook give the same rows in either order, and whichever is second changes nothing.
 */
export async function applyAnswer(
  tx: Transaction,
  answer: AttemptAnswer,
  deps: ApplyDeps & { at: Date },
): Promise<void> {
  const { attempt, provider, verdict, facts, actor } = answer
  const { merchantId, livemode, providerAccountId } = attempt
  const owner = { merchantId, livemode, providerAccountId, provider }
  const told =
    facts === undefined ? [] : [{ claimed: asEvent(answer, owner), facts, isAnswer: true as const }]
  const outcomes: OutcomeRow[] = []
  const applied: AppliedEvent[] = []
  const known = {
    owner,
    subjectId: attempt.paymentId,
    verdicts: new Map([[attempt.id, verdict]]),
    claims: new Map([[attempt.id, attempt.fence]]),
  }
  await applyTold(tx, told, { ...deps, actor, known }, outcomes, applied)
  // Events that waited for what this answer made known.
  await recordOutcomes(tx, outcomes, deps.at)
}

function asEvent(
  { attempt }: AttemptAnswer,
  owner: { merchantId: string; livemode: boolean; providerAccountId: string; provider: string },
): ClaimedEvent {
  return {
    ...owner,
    id: attempt.id,
    eventId: `answer_${attempt.providerKey}`,
    type: 'answer',
    correlationId: attempt.correlationId,
    traceContext: attempt.traceContext,
    requestId: attempt.requestId,
    receivedAt: attempt.createdAt,
    attemptCount: 0,
    lane: 0,
    body: '',
  }
}
