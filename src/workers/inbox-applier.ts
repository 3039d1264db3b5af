import { openInboxProcessor, type ProcessDeps } from '../inbox/process.ts'
import type { Duty } from './duty.ts'

export const inboxApplierName = 'inbox-applier'
/** A wake-up may be lost; nothing waits longer than this for it. */
const POLL_MS = 1_000
/**
 * A turn costs about as much as twenty events. When events come one behind the other, a turn that found a few is
 * followed by one that finds more; a single event after a quiet moment is applied at once, and so is a backlog.
 */
const GATHER_MS = 40
const FEW_COUNT_MIN = 5
const FEW_COUNT_MAX = 100

export function inboxApplier(deps: ProcessDeps): Duty {
  const takeTurn = openInboxProcessor(deps)
  return {
    name: inboxApplierName,
    pollMs: POLL_MS,
    gatherMs: GATHER_MS,
    takeTurn: async () => {
      const { outcome, count } = await takeTurn()
      const few = count >= FEW_COUNT_MIN && count < FEW_COUNT_MAX
      return outcome === 'worked' && few ? 'gather' : outcome
    },
  }
}
