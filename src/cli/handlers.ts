import { readConfig } from '../config/config.ts'
import { listHandlers, removeHandler } from '../store/event-handlers.ts'
import { formatTable } from './format-table.ts'
import { defineCommand } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import { NotFoundError } from './frame/failures.ts'
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
      ])
      const columns = ['HANDLER', 'WAITING', 'DEAD', 'REGISTERED', 'LAST STARTED']
      output.line(formatTable(columns, rows, ['WAITING', 'DEAD']))
    }
    return exitCodes.done
  },
})

export const handlersRemoveCommand = defineCommand({
  name: 'handlers remove',
  summary: 'Forget an event handler, with everything it is owed.',
  description:
    'A name that left the module goes on collecting events until a person says that it is gone, because another deployment may still have it.',
  positionals: [{ name: 'name', summary: 'its name, as `handlers list` shows it' }],
  options: databaseOptions,
  examples: [['payonce handlers remove sendReceipt', 'it is told nothing any more']],
  run: async (call) => {
    const name = call.positionals[0] ?? ''
    const database = await openCommandDatabase(call, readConfig(call.environment))
    const count = await removeHandler(database, name)
    if (count === undefined) throw new NotFoundError(`No event handler is registered as "${name}".`)
    if (call.output.json) call.output.document({ removed: name, owed_count: count })
    else call.output.line(`${printable(name)} is forgotten, and ${count} events it was owed.`)
    return exitCodes.done
  },
})
