import { LEASE_SECONDS } from '../payments/attempt-lease.ts'
import type { OperationDeps } from '../payments/operation-deps.ts'
import { resolveAttempt } from '../payments/resolve-attempt.ts'
import { claimAttempts } from '../store/payment-attempts.ts'
import type { Duty } from './duty.ts'

export const attemptResolverName = 'attempt-resolver'
const POLL_MS = 1_000
const CLAIM_COUNT_MAX = 16

/** Sends attempts that wait, and finds out what became of those nobody answered for. */
export function attemptResolver(
  deps: OperationDeps,
  onError: (attemptId: string, error: unknown) => void,
): Duty {
  return {
    name: attemptResolverName,
    pollMs: POLL_MS,
    takeTurn: async () => {
      const claimedAtMs = deps.nowMs()
      const claimed = await claimAttempts(deps.database, {
        countMax: CLAIM_COUNT_MAX,
        leaseSeconds: LEASE_SECONDS,
      })
      await Promise.all(
        claimed.map((attempt) =>
          // One that fails is taken up again when its lease ends; the others go on.
          resolveAttempt(deps, attempt, claimedAtMs).catch((error: unknown) =>
            onError(attempt.id, error),
          ),
        ),
      )
      return claimed.length > 0 ? 'worked' : 'idle'
    },
  }
}
