import { setTimeout } from 'node:timers/promises'
import { followEvents } from '../inbox/follow-events.ts'
import { presentInboxEvent } from '../inbox/present-inbox-event.ts'
import { type InboxEventView, listInboxEvents } from '../store/inbox-reads.ts'
import { eventFilterOptions, matchesFilter, readEventFilter } from './event-filter.ts'
import { defineCommand } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import type { Output } from './frame/output.ts'
import { printable } from './frame/printable.ts'
import { openScope } from './open-scope.ts'
import { readCount } from './read-options.ts'
import { outcomeOf, shownTime, styledStatus } from './render-event.ts'
import { scopeOptions } from './shared-options.ts'

const POLL_MS_MIN = 500
/** Watching must not become work: it rests ten times as long as it reads. */
const REST_PER_READ = 10
const SHOWN_FIRST_MAX = 1_000

export const eventsTailCommand = defineCommand({
  name: 'events tail',
  summary: 'Follow provider events as they arrive, until Ctrl-C.',
  description:
    'An event is shown when it is seen, and once more whenever its state changes. It reads the database, so events of every process are seen. JSON is one object a line.',
  options: {
    ...eventFilterOptions,
    last: {
      summary: 'begin with so many that are there already',
      value: '<count>',
      fallback: '10',
    },
    ...scopeOptions,
  },
  examples: [
    ['payonce events tail', 'in a second terminal, beside a test'],
    ['payonce events tail --status dead --last 0', 'only what is given up from now on'],
    ["payonce events tail --json | jq -r '.type'", 'for a program'],
  ],
  run: async (call) => {
    const { values, output, signal } = call
    const limit = readCount('--last', values.last, { min: 0, max: SHOWN_FIRST_MAX })
    const { database, scope } = await openScope(call)
    const filter = await readEventFilter(database, scope, values)
    const follower = await followEvents(database, scope, Date.now)
    const before =
      limit === 0
        ? []
        : (await listInboxEvents(database, scope, filter, { limit, before: undefined })).items
    for (const event of before.toReversed()) tell(output, event)
    while (!signal.aborted) {
      const startedAt = performance.now()
      for (const event of await follower.next())
        if (matchesFilter(event, filter)) tell(output, event)
      const readMs = performance.now() - startedAt
      await setTimeout(Math.max(POLL_MS_MIN, readMs * REST_PER_READ), undefined, { signal })
    }
    return exitCodes.done
  },
})

const STATUS_WIDTH = 7
const TYPE_WIDTH = 36

function tell(output: Output, event: InboxEventView): void {
  if (output.json) {
    output.item(presentInboxEvent(event))
    return
  }
  const gap = ' '.repeat(Math.max(0, STATUS_WIDTH - event.status.length))
  output.line(
    `${output.style('dim', shownTime(event.receivedAt))}  ${styledStatus(event, output)}${gap}  ${printable(event.type).padEnd(TYPE_WIDTH)}  ${event.id}  ${outcomeOf(event)}`,
  )
}
