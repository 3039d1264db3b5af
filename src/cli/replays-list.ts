import { presentReplay } from '../inbox/present-replay.ts'
import { listReplays } from '../store/replays.ts'
import { formatTable } from './format-table.ts'
import { defineCommand } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import { openScope } from './open-scope.ts'
import { noteNextPage, readPageOptions } from './read-page.ts'
import { shownTime } from './render-event.ts'
import { filterTextOf, styledReplayStatus, whoOf } from './render-replay.ts'
import { pageOptions, scopeOptions } from './shared-options.ts'

export const replaysListCommand = defineCommand({
  name: 'replays list',
  summary: 'List replays, newest first.',
  options: { ...pageOptions, ...scopeOptions },
  examples: [['payonce replays list', 'which were ordered, by whom, and how far they are']],
  run: async (call) => {
    const { output } = call
    const page = readPageOptions('replay', call.values)
    const { database, scope } = await openScope(call)
    const found = await listReplays(database, scope, page)
    const items = found.items.map(presentReplay)
    if (output.json) {
      output.document({ items, next_before: found.nextCursor ?? null })
      return exitCodes.done
    }
    if (items.length === 0) output.line('No replays.')
    else {
      const rows = items.map((replay) => [
        shownTime(replay.created_at),
        replay.id,
        { styled: styledReplayStatus(replay, output) },
        `${replay.processed_count}/${replay.total_count ?? '?'}`,
        String(replay.counts.failed),
        whoOf(replay.requested_by),
        filterTextOf(replay),
        replay.reason ?? '',
      ])
      const columns = ['ORDERED', 'ID', 'STATUS', 'DONE', 'FAILED', 'BY', 'NAMED', 'WHY']
      output.line(formatTable(columns, rows, ['DONE', 'FAILED']))
    }
    noteNextPage(output, found.nextCursor)
    return exitCodes.done
  },
})
