/** Watching a replay until it is over. The job belongs to the server: watching it and leaving it change nothing. */
import { setTimeout } from 'node:timers/promises'
import { presentReplay, presentReplayResult } from '../inbox/present-replay.ts'
import { findReplay, listReplayResults } from '../store/replays.ts'
import type { CallContext } from './frame/command.ts'
import { type ExitCode, exitCodes } from './frame/exit-codes.ts'
import { NotFoundError } from './frame/failures.ts'
import type { OpenScope } from './open-scope.ts'
import { noteNextPage } from './read-page.ts'
import { renderProgress, renderResults, renderSummary, type ShownReplay } from './render-replay.ts'

const POLL_MS = 250
/** Workers look for work more often than this. */
const TAKEN_MS_MAX = 4_000
/** The lease of a worker that died has ended by then, and another one has taken the work. */
const STUCK_MS_MAX = 15_000
const FAILED_SHOWN_MAX = 20

type Watcher = Pick<CallContext, 'output' | 'signal'>

/** @returns 0 when it finished without a failure, else 1 */
export async function followReplay(
  watcher: Watcher,
  opened: OpenScope,
  id: string,
): Promise<ExitCode> {
  const { output, signal } = watcher
  const leave = () => {
    if (!output.json) {
      output.note(
        `No longer followed; the replay goes on. npx payonce replays show ${id} --follow takes it up, npx payonce replays stop ${id} ends it.`,
      )
    }
  }
  signal.addEventListener('abort', leave)
  try {
    const replay = await watch(watcher, opened, id)
    if (replay === undefined) return exitCodes.failed
    await tellEnd(watcher, opened, replay)
    return replay.status === 'finished' && replay.counts.failed === 0
      ? exitCodes.done
      : exitCodes.failed
  } finally {
    signal.removeEventListener('abort', leave)
  }
}

/** @returns the replay when it is over; undefined when it cannot go on while this command runs */
async function watch(
  { output, signal }: Watcher,
  { database, scope, isDatabaseOwn }: OpenScope,
  id: string,
): Promise<ShownReplay | undefined> {
  let last: { processed: number; status: string } | undefined
  let movedAtMs = performance.now()
  let isToldStuck = false
  for (;;) {
    const found = await findReplay(database, scope, id)
    if (found === undefined) throw new NotFoundError(`There is no replay ${id}.`)
    const replay = presentReplay(found)
    if (replay.finished_at !== null) return replay
    if (isDatabaseOwn) {
      const fix = `Payonce does not run, so the replay waits. Start it: npx payonce start. Then: npx payonce replays show ${id} --follow`
      if (output.json) output.document(replay)
      output.note(fix)
      return undefined
    }
    const { status, processed_count: processed } = replay
    if (last?.processed !== processed || last.status !== status) {
      last = { processed, status }
      movedAtMs = performance.now()
      isToldStuck = false
    }
    const restedMs = performance.now() - movedAtMs
    if (!isToldStuck && restedMs > (status === 'waiting' ? TAKEN_MS_MAX : STUCK_MS_MAX)) {
      isToldStuck = true
      output.note(whyStuck(status))
    }
    if (!output.json) output.progress(renderProgress(replay))
    await setTimeout(POLL_MS, undefined, { signal })
  }
}

function whyStuck(status: string): string {
  return status === 'waiting'
    ? 'No worker has taken it yet. If none runs, start one: npx payonce start --role worker. The replay waits for it; Ctrl-C only ends the following.'
    : 'It does not move. Its worker may have been killed with no other one running (npx payonce start --role worker), or the payments it needs are being written; the log of the worker says more.'
}

async function tellEnd(
  { output }: Watcher,
  { database, scope }: OpenScope,
  replay: ShownReplay,
): Promise<void> {
  const filter = { replayId: replay.id, status: 'failed' } as const
  const page = { limit: FAILED_SHOWN_MAX, before: undefined }
  const { items, nextCursor } = await listReplayResults(database, scope, filter, page)
  const failed = items.map(presentReplayResult)
  if (output.json) {
    output.document({ ...replay, failed, next_before: nextCursor ?? null })
    return
  }
  output.line(renderSummary(replay, output))
  if (failed.length === 0) return
  output.line(`\n${renderResults(failed, output)}`)
  if (nextCursor !== undefined) {
    output.note(`There are more: npx payonce replays show ${replay.id} --result failed`)
    noteNextPage(output, nextCursor)
  }
  output.note(
    'npx payonce events show <id> tells what is wrong with one, npx payonce explain <reason> what it means.',
  )
}
