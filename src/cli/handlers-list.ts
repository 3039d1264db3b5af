import { readConfig } from '../config/config.ts'
import { listHandlers } from '../store/event-handlers.ts'
import { formatTable } from './format-table.ts'
import { defineCommand } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import { printable } from './frame/printable.ts'
import { shownTime } from './render-event.ts'
import { databaseOptions } from './shared-options.ts'
import { openCommandDatabase } from './with-database.ts'

export const handlersListCommand = defineCommand({
  name: 'handlers list',
  summary: 'List the event handlers that are registered, and what they are owed.',
  options: databaseOptions,
  examples: [['payonce handlers list', 'who waits for what']],
  run: async (call) => {
    const { output } = call
    const database = await openCommandDatabase(call, readConfig(call.environment))
    const found = await listHandlers(database)
    if (output.json) {
      const items = found.map((one) => ({
        name: one.name,
        waiting_count: one.waitingCount,
        dead_count: one.deadCount,
        registered_at: one.registeredAt.toISOString(),
        started_at: one.startedAt.toISOString(),
        seen_at: one.seenAt.toISOString(),
      }))
      output.document({ items })
      return exitCodes.done
    }
    if (found.length === 0) output.line('No event handler is registered.')
    else {
      const rows = found.map((one) => [
        printable(one.name),
        String(one.waitingCount),
        String(one.deadCount),
        shownTime(one.registeredAt),
        shownTime(one.startedAt),
        shownTime(one.seenAt),
      ])
      const columns = ['HANDLER', 'WAITING', 'DEAD', 'REGISTERED', 'LAST STARTED', 'LAST SEEN']
      output.line(formatTable(columns, rows, ['WAITING', 'DEAD']))
    }
    return exitCodes.done
  },
})
