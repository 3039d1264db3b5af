import type { ObjectFactsTold } from '../providers/provider.ts'
import type { Transaction } from '../store/db.ts'
import type { SettledAnswer } from '../store/idempotency-keys.ts'
import type { PaymentAttemptRow } from '../store/rows.ts'
import type { Verdict } from './verdict.ts'

/** What became known of an attempt: applied like an event of the provider's, under the claim it was sent under. */
export type AttemptAnswer = {
  attempt: PaymentAttemptRow
  provider: string
  verdict: Verdict
  facts: ObjectFactsTold | undefined
  /** of second effects that were found beside it */
  others?: ObjectFactsTold[]
  actor: string
}

/**
 * Applies answers in the caller's transaction, at most one a payment, and returns the final answers they make.
 * @throws LostClaimError when a claim is another's by now
 */
export type ApplyAnswers = (
  tx: Transaction,
  answers: AttemptAnswer[],
  at: Date,
) => Promise<SettledAnswer[]>
