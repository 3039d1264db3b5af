import { presentReplay, presentReplayResult } from '../inbox/present-replay.ts'
import {
  findReplay,
  listReplayResults,
  type ReplayCounter,
  replayCounters,
} from '../store/replays.ts'
import { followReplay } from './follow-replay.ts'
import { defineCommand } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import { NotFoundError } from './frame/failures.ts'
import { openScope } from './open-scope.ts'
import { noteNextPage, readPageOptions } from './read-page.ts'
import { renderOrder, renderProgress, renderResults, renderSummary } from './render-replay.ts'
import { pageOptions, scopeOptions } from './shared-options.ts'

export const replaysShowCommand = defineCommand({
  name: 'replays show',
  summary: 'Show a replay: who ordered it and why, how far it is, and what became of each event.',
  positionals: [{ name: 'id', summary: 'its id (rpl_...)' }],
  options: {
    result: { summary: 'only events of this result', value: '<result>', choices: replayCounters },
    follow: { summary: 'follow it until it is over; Ctrl-C leaves it running' },
    ...pageOptions,
    ...scopeOptions,
  },
  examples: [
    ['payonce replays show rpl_…', 'how far it is'],
    ['payonce replays show rpl_… --result failed', 'which events failed, and of what'],
    ['payonce replays show rpl_… --follow', 'until it is over'],
  ],
  run: async (call) => {
    const { values, output } = call
    const id = call.positionals[0] ?? ''
    const page = readPageOptions('inboxEvent', values)
    const status = values.result as ReplayCounter | undefined
    const opened = await openScope(call)
    const { database, scope } = opened
    const found = await findReplay(database, scope, id)
    if (found === undefined) {
      const mode = scope.livemode ? 'live' : 'test'
      throw new NotFoundError(`There is no replay ${id} in ${mode} mode.`)
    }
    if (values.follow) return followReplay(call, opened, id)
    const replay = presentReplay(found)
    const results = await listReplayResults(database, scope, { replayId: id, status }, page)
    const items = results.items.map(presentReplayResult)
    if (output.json) {
      const told = { items, next_before: results.nextCursor ?? null }
      output.document({ ...replay, results: told })
      return exitCodes.done
    }
    output.line(`${renderSummary(replay, output)}\n\n${renderOrder(replay)}`)
    if (replay.finished_at === null) output.line(`\n  ${renderProgress(replay)}`)
    if (items.length > 0) output.line(`\n${renderResults(items, output)}`)
    noteNextPage(output, results.nextCursor)
    return exitCodes.done
  },
})
