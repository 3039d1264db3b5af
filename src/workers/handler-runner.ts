import type { HandlerRunner } from '../handlers/run-handler.ts'
import type { Duty } from './duty.ts'

export const handlerRunnerName = 'handler-runner'
/** Events applied by other processes, and retries that become due, wait no longer than this. */
const POLL_MS = 1_000

/** Calls one handler of the user's for the events it is owed. */
export function handlerRunner(runner: HandlerRunner): Duty {
  return { name: handlerRunnerName, pollMs: POLL_MS, takeTurn: runner.takeTurn }
}
