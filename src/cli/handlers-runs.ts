import { presentHandlerRun } from '../handlers/present-handler-run.ts'
import {
  type HandlerRunStatus,
  handlerRunStatuses,
  listHandlerRuns,
} from '../store/handler-run-reads.ts'
import { formatTable } from './format-table.ts'
import { defineCommand } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import { openScope } from './open-scope.ts'
import { noteNextPage, readHandlerRunPage } from './read-page.ts'
import { shownTime } from './render-event.ts'
import { pageOptions, scopeOptions } from './shared-options.ts'

export const handlersRunsCommand = defineCommand({
  name: 'handlers runs',
  summary: 'List events that handlers are still owed, or were given up for.',
  options: {
    handler: { summary: 'of this handler', value: '<name>' },
    status: {
      summary: 'waiting: will be called; dead: was given up',
      value: '<status>',
      choices: handlerRunStatuses,
    },
    ...pageOptions,
    ...scopeOptions,
  },
  examples: [
    ['payonce handlers runs --status dead', 'what a handler failed of, for good'],
    ['payonce handlers runs --handler sendReceipt', 'everything one handler is owed'],
  ],
  run: async (call) => {
    const { values, output } = call
    const page = readHandlerRunPage(values)
    const { database, scope } = await openScope(call)
    const filter = {
      handler: values.handler,
      status: values.status as HandlerRunStatus | undefined,
    }
    const found = await listHandlerRuns(database, scope, filter, page)
    const items = found.items.map(presentHandlerRun)
    if (output.json) {
      output.document({ items, next_before: found.nextCursor ?? null })
      return exitCodes.done
    }
    if (items.length === 0) output.line('No handler is owed anything of this kind.')
    else {
      const rows = items.map((run) => [
        run.id,
        run.type,
        { styled: output.style(run.status === 'dead' ? 'red' : 'yellow', run.status) },
        String(run.attempt_count),
        run.next_attempt_at === null ? '' : shownTime(run.next_attempt_at),
        run.code ?? '',
        run.detail ?? '',
      ])
      const columns = ['RUN', 'TYPE', 'STATUS', 'ATTEMPTS', 'NEXT CALL', 'CODE', 'DETAIL']
      output.line(formatTable(columns, rows, ['ATTEMPTS']))
    }
    noteNextPage(output, found.nextCursor)
    if (items.some(({ status }) => status === 'dead')) {
      output.note(
        'Mend the module of PAYONCE_HANDLERS, restart Payonce, and: npx payonce handlers retry <run>',
      )
    }
    return exitCodes.done
  },
})
