import { DomainError } from '../domain/errors.ts'
import type { OperationDeps } from '../payments/operation-deps.ts'
import { undoDuplicate } from '../payments/undo-duplicate.ts'
import { listDuplicatesDue } from '../store/payment-duplicates.ts'
import type { Duty } from './duty.ts'

const POLL_MS = 1_000
const DUPLICATE_COUNT_MAX = 16

/** Cancels and refunds what an operation of ours made a second time. */
export function duplicateUndoer(
  deps: OperationDeps,
  onError: (paymentId: string, error: unknown) => void,
): Duty {
  const undo = async (duplicate: Awaited<ReturnType<typeof listDuplicatesDue>>[number]) => {
    try {
      return await undoDuplicate(deps, duplicate)
    } catch (error) {
      // Somebody else is at it, or the provider is away: the row is still due, and its turn comes again.
      if (!(error instanceof DomainError)) onError(duplicate.id, error)
      return false
    }
  }
  // Some may have to wait for another process, or for a day: page by page, each has its turn.
  let after = ''
  return {
    name: 'duplicate-undoer',
    pollMs: POLL_MS,
    takeTurn: async () => {
      const due = await listDuplicatesDue(deps.database, { after, countMax: DUPLICATE_COUNT_MAX })
      const isWhole = due.length === DUPLICATE_COUNT_MAX
      after = (isWhole && due.at(-1)?.id) || ''
      const undone = await Promise.all(due.map(undo))
      return undone.includes(true) ? 'worked' : 'idle'
    },
  }
}
