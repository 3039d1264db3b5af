import {
  type BulkheadPolicy,
  bulkhead,
  isBrokenCircuitError,
  isBulkheadRejectedError,
} from 'cockatiel'
import type { CircuitBreaker } from '../domain/circuit-breaker.ts'
import type { ProviderAnswer, ProviderPayments } from './provider.ts'

/** Calls to one provider at the same moment; the next ones wait, and beyond these they are put off. */
const CALL_COUNT_MAX = 64
const WAITING_COUNT_MAX = 256
const PUT_OFF_SECONDS = 1

/** Carries an answer that counts as the provider's failure past the breaker. */
class CountedFailure extends Error {
  override readonly name = 'CountedFailure'
  readonly answer: ProviderAnswer
  constructor(answer: ProviderAnswer) {
    super('the provider did not answer as it should')
    this.answer = answer
  }
}

/**
 * A provider behind its breaker and its bulkhead: one that fails holds up nobody else, and is left alone for a moment.
 * A decline or a refusal is a good answer; only silence and failures count.
 */
export function guardPayments(
  payments: ProviderPayments,
  breaker: CircuitBreaker,
  calls: BulkheadPolicy = bulkhead(CALL_COUNT_MAX, WAITING_COUNT_MAX),
): ProviderPayments {
  return {
    ...payments,
    isAvailable: () => breaker.shouldRun(),
    send: async (sending) => {
      try {
        return await calls.execute(() =>
          breaker.execute(async () => {
            const answer = await payments.send(sending)
            if (isFailure(answer)) throw new CountedFailure(answer)
            return answer
          }),
        )
      } catch (error) {
        if (error instanceof CountedFailure) return error.answer
        if (isBrokenCircuitError(error) || isBulkheadRejectedError(error)) {
          return { outcome: 'unsent', retryAfterSeconds: PUT_OFF_SECONDS }
        }
        throw error
      }
    },
  }
}

function isFailure(answer: ProviderAnswer): boolean {
  if (answer.outcome === 'unsent') return answer.isUnreachable ?? false
  return answer.outcome === 'unknown' && answer.reason !== 'answer_mismatch'
}
