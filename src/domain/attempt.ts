/**
 * Payment attempts: one request to a provider, written down before it is sent.
 *
 * `created` waits for a worker, `sent` may have had its effect, `unknown` was sent and not answered. What was sent is
 * never declared failed because nobody found its effect: absence is not a result.
 */
export const attemptSteps = ['create', 'confirm', 'capture', 'cancel', 'refund'] as const
export type AttemptStep = (typeof attemptSteps)[number]

export const attemptStatuses = [
  'created',
  'sent',
  'succeeded',
  'declined',
  'failed',
  'unknown',
] as const
export type AttemptStatus = (typeof attemptStatuses)[number]
export type FinalAttemptStatus = Extract<AttemptStatus, 'succeeded' | 'declined' | 'failed'>

export function isSettled(status: AttemptStatus): status is FinalAttemptStatus {
  return status === 'succeeded' || status === 'declined' || status === 'failed'
}

/** Why an attempt has no outcome yet. */
export const openReasons = [
  /** nothing left this machine, or the provider refused before it looked: send it again */
  'unsent',
  /** no answer, or none that could be read: the same request under the same key tells */
  'no_answer',
  /** the provider failed: it may have done it, and may repeat that failure under this key */
  'provider_error',
  /** the provider repeated its failure: what ran under this key has ended, and only a read tells how */
  'key_spent',
  /** a read after that showed nothing of it; a second one decides */
  'unchanged',
  /** the answer was of another amount, currency or object than was asked for */
  'answer_mismatch',
  /** who sent it is gone */
  'sender_gone',
] as const
export type OpenReason = (typeof openReasons)[number]
