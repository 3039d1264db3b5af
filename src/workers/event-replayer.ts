import { openReplayer, type ReplayerDeps } from '../inbox/replay-batch.ts'
import type { Duty } from './duty.ts'

export const eventReplayerName = 'event-replayer'
/** A lease of a dead worker ends after 10 s, so an orphaned replay goes on within 15 s. */
const POLL_MS = 5_000

/** Works the replays people ordered, a batch a turn. */
export function eventReplayer(deps: ReplayerDeps): Duty {
  return { name: eventReplayerName, pollMs: POLL_MS, takeTurn: openReplayer(deps) }
}
