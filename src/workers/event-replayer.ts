import { openReplayer, type ReplayerDeps } from '../inbox/replay-batch.ts'
import type { Duty } from './duty.ts'

export const eventReplayerName = 'event-replayer'
/** Replays are ordered in other processes, too: this is how long a person waits for the first batch. */
const POLL_MS = 1_000

/** Works the replays people ordered, a batch a turn. */
export function eventReplayer(deps: ReplayerDeps): Duty {
  return { name: eventReplayerName, pollMs: POLL_MS, takeTurn: openReplayer(deps) }
}
