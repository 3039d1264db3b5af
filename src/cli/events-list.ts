import { presentInboxEvent } from '../inbox/present-inbox-event.ts'
import { listInboxEvents } from '../store/inbox-reads.ts'
import { eventFilterOptions, readEventFilter } from './event-filter.ts'
import { formatTable } from './format-table.ts'
import { defineCommand } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import { openScope } from './open-scope.ts'
import { readRange } from './read-options.ts'
import { noteNextPage, readPageOptions } from './read-page.ts'
import { outcomeOf, shownTime, styledStatus } from './render-event.ts'
import { pageOptions, scopeOptions, timeOptions } from './shared-options.ts'

export const eventsListCommand = defineCommand({
  name: 'events list',
  summary: 'List received provider events, newest first.',
  options: { ...eventFilterOptions, ...timeOptions, ...pageOptions, ...scopeOptions },
  examples: [
    ['payonce events list --status dead', 'what was given up'],
    ["payonce events list --type 'charge.*' --from 1h", 'charges of the last hour'],
    ['payonce events list --payment pi_1 --json', 'everything one payment was told, for a program'],
  ],
  run: async (call) => {
    const { values, output } = call
    const { from, to } = readRange(values)
    const page = readPageOptions('inboxEvent', values)
    const { database, scope } = await openScope(call)
    const filter = await readEventFilter(database, scope, values)
    const found = await listInboxEvents(
      database,
      scope,
      { ...filter, receivedFrom: from, receivedTo: to },
      page,
    )
    if (output.json) {
      const items = found.items.map(presentInboxEvent)
      output.document({ items, next_before: found.nextCursor ?? null })
      return exitCodes.done
    }
    if (found.items.length === 0) output.line('No events.')
    else {
      const rows = found.items.map((event) => [
        shownTime(event.receivedAt),
        event.id,
        event.type,
        { styled: styledStatus(event, output) },
        { styled: outcomeOf(event) },
      ])
      output.line(formatTable(['RECEIVED', 'ID', 'TYPE', 'STATUS', 'PAYMENT OR REASON'], rows))
    }
    noteNextPage(output, found.nextCursor)
    return exitCodes.done
  },
})
