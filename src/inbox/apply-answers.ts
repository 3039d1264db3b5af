import type { AttemptAnswer } from '../payments/attempt-answer.ts'
import type { Transaction } from '../store/db.ts'
import type { SettledAnswer } from '../store/idempotency-keys.ts'
import type { ClaimedEvent } from '../store/inbox-claims.ts'
import { type OutcomeRow, recordOutcomes } from '../store/inbox-results.ts'
import { type AppliedEvent, type ApplyDeps, applyTold } from './apply-events.ts'
import type { ToldEvent } from './read-event.ts'

/**
 * Applies what a provider answered to requests of ours as if it were events: the same facts, locks and fold, so that
 * an answer and its webhook give the same rows in either order, and whichever is second changes nothing.
 * @param answers at most one a payment
 * @returns the final answers to what merchants asked for, as far as they are now known
 */
export async function applyAnswers(
  tx: Transaction,
  answers: AttemptAnswer[],
  deps: ApplyDeps & { at: Date },
): Promise<SettledAnswer[]> {
  const told = answers.flatMap((answer): ToldEvent[] => {
    const { facts, others = [], attempt } = answer
    const said = { claimed: asEvent(answer), answersFor: attempt.paymentId }
    return [
      ...(facts === undefined ? [] : [{ ...said, facts }]),
      ...others.map((other) => ({ ...said, facts: other, isOther: true as const })),
    ]
  })
  const known = answers.map((answer) => ({
    owner: ownerOf(answer),
    subjectId: answer.attempt.paymentId,
    attemptId: answer.attempt.id,
    verdict: answer.verdict,
    fence: answer.attempt.fence,
    actor: answer.actor,
  }))
  const outcomes: OutcomeRow[] = []
  const applied: AppliedEvent[] = []
  const settled: SettledAnswer[] = []
  await applyTold(
    tx,
    told,
    { ...deps, known, onFolded: ({ changes }) => settled.push(...changes.answers) },
    outcomes,
    applied,
  )
  // Events that waited for what these answers made known.
  await recordOutcomes(tx, outcomes, deps.at)
  return settled
}

function ownerOf({ attempt, provider }: AttemptAnswer) {
  const { merchantId, livemode, providerAccountId } = attempt
  return { merchantId, livemode, providerAccountId, provider }
}

function asEvent(answer: AttemptAnswer): ClaimedEvent {
  const { attempt } = answer
  return {
    ...ownerOf(answer),
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
