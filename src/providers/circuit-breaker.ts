/**
 * A circuit breaker over cockatiel: after failures in a row nothing is sent for a while, then one call tries.
 *
 * CLOSED, failure count 0, is where it starts. While OPEN `execute` rejects at once. HALF_OPEN lets one call through,
 * whose outcome decides.
 */
import {
  CircuitState as CockatielState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
} from 'cockatiel'
import type {
  CircuitBreaker,
  CircuitBreakerOptions,
  CircuitState,
} from '../domain/circuit-breaker.ts'

const FAILURES_MAX = 10
const OPEN_MS = 5_000

class RecordedFailure extends Error {
  override readonly name = 'RecordedFailure'
}

export function createCircuitBreaker(options: CircuitBreakerOptions): CircuitBreaker {
  const openMs = options.openMs ?? OPEN_MS
  const policy = circuitBreaker(handleAll, {
    halfOpenAfter: openMs,
    breaker: new ConsecutiveBreaker(options.failuresMax ?? FAILURES_MAX),
  })
  let failureCount = 0
  let openedAtMs = 0
  policy.onBreak(() => {
    openedAtMs = options.nowMs()
  })
  policy.onSuccess(() => {
    failureCount = 0
  })
  policy.onFailure(() => {
    failureCount += 1
  })
  policy.onStateChange((state) => options.onStateChange?.(namedState(state)))
  const stateOf = (): CircuitState => namedState(policy.state)
  const breaker: CircuitBreaker = {
    get state() {
      return stateOf()
    },
    get failureCount() {
      return failureCount
    },
    execute: (work) => policy.execute(work),
    shouldRun: () =>
      stateOf() === 'CLOSED' || (stateOf() === 'OPEN' && options.nowMs() - openedAtMs >= openMs),
    recordSuccess: async () => {
      if (breaker.shouldRun()) await policy.execute(async () => undefined)
    },
    recordFailure: async () => {
      if (!breaker.shouldRun()) return
      await policy
        .execute(async () => {
          throw new RecordedFailure()
        })
        .catch((error: unknown) => {
          if (!(error instanceof RecordedFailure)) throw error
        })
    },
  }
  return breaker
}

/** Isolated by hand is open as well; nobody does that here. */
function namedState(state: CockatielState): CircuitState {
  if (state === CockatielState.Closed) return 'CLOSED'
  return state === CockatielState.HalfOpen ? 'HALF_OPEN' : 'OPEN'
}
