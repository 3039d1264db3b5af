import type { Queryable, Transaction } from '../store/db.ts'
import {
  createDeadLetter,
  findWaitingEvent,
  postponeEvent,
  type WaitingEvent,
} from '../store/inbox-results.ts'
import type { WebhookError } from './webhook-error.ts'

/** When a failed event is tried again. Every number is a setting. */
export type RetryPolicy = {
  /** delayed attempts before the event is given up */
  countMax: number
  /** repeats at once, before the first delay */
  immediateCount: number
  baseSeconds: number
  delaySecondsMax: number
  /** 0.2: a delay varies by up to a fifth either way, so that retries do not align */
  jitterRatio: number
}

/** Seconds before delayed attempt `attempt` (1, 2, ...): base^attempt, capped, with jitter. `chance` in [0, 1). */
export function retryDelaySeconds(attempt: number, policy: RetryPolicy, chance: number): number {
  const delay = Math.min(policy.baseSeconds ** attempt, policy.delaySecondsMax)
  const jittered = delay * (1 + policy.jitterRatio * (2 * chance - 1))
  return Math.min(jittered, policy.delaySecondsMax)
}

/**
 * Spends one attempt: the event waits, or, when none is left or no repeat can help, becomes a dead letter.
 * @returns true when it became a dead letter
 */
export async function spendAttempt(
  database: Queryable,
  event: { id: string; attemptCount: number },
  failure: WebhookError,
  policy: RetryPolicy,
): Promise<boolean> {
  const attempt = event.attemptCount + 1
  const row = {
    inboxEventId: event.id,
    attempt,
    errorType: failure.type,
    code: failure.code,
    detail: failure.detail ?? failure.code,
  }
  if (failure.retry === undefined || attempt > policy.countMax) {
    await createDeadLetter(database, row)
    return true
  }
  await postponeEvent(database, row, retryDelaySeconds(attempt, policy, Math.random()))
  return false
}

/** A worker died while this event was alone in its batch, for the second time: now it is the event's own fault. */
export async function spendAttemptOfDeath(
  tx: Transaction,
  inboxEventId: string,
  policy: RetryPolicy,
): Promise<{ event: WaitingEvent; failure: WebhookError; dead: boolean } | undefined> {
  const event = await findWaitingEvent(tx, inboxEventId)
  if (event === undefined) return undefined
  const failure: WebhookError = {
    type: 'event',
    code: 'worker_died',
    statusCode: 500,
    detail: 'the worker died while it applied this event alone',
    retry: 'with_backoff',
  }
  return { event, failure, dead: await spendAttempt(tx, event, failure, policy) }
}
