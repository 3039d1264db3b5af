import { setTimeout } from 'node:timers/promises'
import { type RetryPolicy, retryDelaySeconds } from '../inbox/spend-attempt.ts'
import type { Database } from '../store/db.ts'
import {
  finishHandlerRun,
  type RunClaim,
  recordRunFailure,
  releaseHandlerRun,
} from '../store/handler-runs.ts'
import type { CallEnd } from './call-handler.ts'

/** What became of a run. `refused`: the claim was not the latest, so nothing was written: somebody else has it. */
export type RunOutcome =
  | 'handled'
  | 'declined'
  | 'failed'
  | 'dead'
  | 'interrupted'
  | 'not_called'
  | 'refused'

type Held = RunClaim & { attemptCount: number }

/** Calls after the first that come at once are counted in `attemptCount`, so that they, too, survive a kill. */
export function nextDelaySeconds(
  attemptCount: number,
  policy: RetryPolicy,
  chance: number,
): number | undefined {
  if (attemptCount <= policy.immediateCount) return 0
  const delayed = attemptCount - policy.immediateCount
  return delayed > policy.countMax ? undefined : retryDelaySeconds(delayed, policy, chance)
}

/** Writes down how a call ended, under the fence of its claim. */
export async function settleRun(
  database: Database,
  run: Held,
  end: CallEnd,
  policy: RetryPolicy,
): Promise<RunOutcome> {
  const [outcome, write] = planSettlement(database, run, end, policy)
  return (await withPatience(write)) ? outcome : 'refused'
}

function planSettlement(
  database: Database,
  run: Held,
  end: CallEnd,
  policy: RetryPolicy,
): [RunOutcome, () => Promise<boolean>] {
  switch (end.outcome) {
    case 'handled':
    case 'declined':
      return [end.outcome, () => finishHandlerRun(database, run)]
    case 'interrupted':
    case 'not_called': {
      const suspect = end.outcome === 'interrupted'
      return [end.outcome, () => releaseHandlerRun(database, run, suspect)]
    }
    case 'failed': {
      const attemptCount = run.attemptCount + 1
      const { code, detail } = end
      // What cannot be read today cannot be read tomorrow.
      const delay =
        code === 'event_unreadable'
          ? undefined
          : nextDelaySeconds(attemptCount, policy, Math.random())
      // What took a process down is called alone from now on.
      const suspect = code === 'handler_timed_out' || code === 'handler_process_ended'
      const failure = { attemptCount, code, detail, suspect }
      return [
        delay === undefined ? 'dead' : 'failed',
        () => recordRunFailure(database, run, failure, delay),
      ]
    }
  }
}

const TRY_COUNT_MAX = 10
const TRY_PAUSE_MS = 1_000

/** A database that is away for a moment must not have a done call done again; the fence makes the repeat safe. */
async function withPatience(write: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    try {
      return await write()
    } catch (error) {
      if (tries === TRY_COUNT_MAX) throw error
      await setTimeout(TRY_PAUSE_MS)
    }
  }
}
