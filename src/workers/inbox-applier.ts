import { openInboxProcessor, type ProcessDeps } from '../inbox/process.ts'
import type { Duty } from './duty.ts'

export const inboxApplierName = 'inbox-applier'
/** A wake-up may be lost; nothing waits longer than this for it. */
const POLL_MS = 1_000

export function inboxApplier(deps: ProcessDeps): Duty {
  const takeTurn = openInboxProcessor(deps)
  return {
    name: inboxApplierName,
    pollMs: POLL_MS,
    takeTurn: async () => (await takeTurn()).outcome,
  }
}
