import { presentDeadLetter } from '../inbox/present-dead-letter.ts'
import { type DeadLetterState, deadLetterStates, listDeadLetters } from '../store/dead-letters.ts'
import { listHandlerRuns } from '../store/handler-run-reads.ts'
import { formatTable } from './format-table.ts'
import { defineCommand } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import { printable } from './frame/printable.ts'
import { openScope } from './open-scope.ts'
import { noteNextPage, readPageOptions } from './read-page.ts'
import { shownTime } from './render-event.ts'
import { pageOptions, scopeOptions } from './shared-options.ts'

export const deadLettersListCommand = defineCommand({
  name: 'dead-letters list',
  summary: 'List events that were given up and wait for a person.',
  options: {
    state: {
      summary: 'open: waiting for a person (default); set_aside: nobody will mend them; all',
      value: '<state>',
      choices: deadLetterStates,
    },
    code: { summary: 'only what failed of this', value: '<code>' },
    ...pageOptions,
    ...scopeOptions,
  },
  examples: [['payonce dead-letters list', 'what failed, how often, and why']],
  run: async (call) => {
    const { output } = call
    const page = readPageOptions('inboxEvent', call.values)
    const state = (call.values.state ?? 'open') as DeadLetterState
    const { database, scope } = await openScope(call)
    const { items, nextCursor } = await listDeadLetters(
      database,
      scope,
      { state, code: call.values.code },
      page,
    )
    if (output.json) {
      output.document({ items: items.map(presentDeadLetter), next_before: nextCursor ?? null })
      return exitCodes.done
    }
    if (items.length === 0) output.line('No dead letters.')
    else {
      const rows = items.map((letter) => [
        shownTime(letter.receivedAt),
        letter.inboxEventId,
        letter.type,
        letter.objectReference ?? '',
        shownTime(letter.deadAt),
        ...(state === 'open'
          ? []
          : [letter.setAsideAt === null ? '' : shownTime(letter.setAsideAt)]),
        String(letter.attemptCount),
        { styled: output.style('red', printable(letter.code)) },
        letter.detail,
      ])
      output.line(
        formatTable(
          [
            ...['RECEIVED', 'ID', 'TYPE', 'OBJECT', 'GIVEN UP'],
            ...(state === 'open' ? [] : ['SET ASIDE']),
            ...['ATTEMPTS', 'CODE', 'DETAIL'],
          ],
          rows,
          ['ATTEMPTS'],
        ),
      )
    }
    noteNextPage(output, nextCursor)
    if (items.some(({ setAsideAt }) => setAsideAt === null)) {
      output.note(
        'npx payonce events failures says what they mean; when it is mended: npx payonce dead-letters retry <id>, or --all --reason <why>.',
      )
    }
    const ofHandlers = await listHandlerRuns(
      database,
      scope,
      { status: 'dead' },
      { limit: 1, before: undefined },
    )
    if (ofHandlers.items.length > 0) {
      output.note(
        'Event handlers of your own gave up, too: npx payonce handlers runs --status dead lists for what.',
      )
    }
    return exitCodes.done
  },
})
