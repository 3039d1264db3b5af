import { createReplay } from '../inbox/create-replay.ts'
import { findEvent } from '../inbox/find-event.ts'
import { presentDryRun } from '../inbox/present-replay.ts'
import { dryRunReplay } from '../inbox/replay-dry-run.ts'
import type { InboxEventFilter } from '../store/inbox-selection.ts'
import { openIdSource } from '../store/new-id.ts'
import { eventFilterOptions, readEventFilter } from './event-filter.ts'
import { type Call, defineCommand, type Options } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import { NotFoundError, UsageError } from './frame/failures.ts'
import { type OpenScope, openScope } from './open-scope.ts'
import { orderOptions, orderReplay } from './order-replay.ts'
import { readRange } from './read-options.ts'
import { renderDryRun } from './render-dry-run.ts'
import { scopeOptions, timeOptions } from './shared-options.ts'

const NAMED_COUNT_MAX = 1_000

const options = {
  'dry-run': { summary: 'tell what would change, and change nothing' },
  ...eventFilterOptions,
  ...timeOptions,
  all: { summary: 'every event there is' },
  ...orderOptions,
  ...scopeOptions,
} as const satisfies Options
type ReplayCall = Call<typeof options>

export const eventsReplayCommand = defineCommand({
  name: 'events replay',
  summary: 'Apply stored events once more, or try what that would change.',
  description:
    'Events are named by their ids, or by the filter of `events list`. A dry run truly applies them, in a transaction that is then undone. A replay is a job that a worker of Payonce does; this command orders and follows it, and Ctrl-C only stops the following. What was applied is not applied twice: an event counts once, however often it is replayed. Exit code 1 when events failed or the replay was stopped.',
  positionals: [
    {
      name: 'id',
      summary: "ids of events (pev_...), or the provider's own (evt_...)",
      optional: true,
      repeated: true,
    },
  ],
  options,
  examples: [
    ['payonce events replay evt_1 --dry-run', 'what it would change'],
    [
      'payonce events replay --status ignored --reason-filter unknown_account --reason "acct_… is connected now"',
      'everything that had nobody to belong to',
    ],
    [
      "payonce events replay --type 'charge.*' --from 7d --reason 'mended in 0.2' --yes --detach",
      'from a script, without waiting for the end',
    ],
  ],
  run: async (call) => {
    const { values, output } = call
    const times = readRange(values)
    const names = readNames(call)
    const opened = await openScope(call)
    const { database, scope } = opened
    const filter: InboxEventFilter =
      names.length > 0
        ? { ids: await findIds(opened, names) }
        : {
            ...(await readEventFilter(database, scope, values)),
            receivedFrom: times.from,
            receivedTo: times.to,
          }
    if (values['dry-run']) {
      const run = presentDryRun(await dryRunReplay(database, openIdSource(), scope, filter))
      if (output.json) output.document(run)
      else output.line(renderDryRun(run, output))
      return exitCodes.done
    }
    return orderReplay(call, opened, {
      filter,
      isMany: filter.ids?.length !== 1,
      create: (deps, deed) => createReplay(deps, deed, filter),
    })
  },
})

/** Names, or a filter, and never by oversight everything. */
function readNames({ values, positionals }: ReplayCall): string[] {
  const names = positionals.filter((name) => name !== undefined)
  const filters = [...Object.keys(eventFilterOptions), ...Object.keys(timeOptions), 'all'] as const
  const given = filters.filter((name) => {
    const value = values[name as keyof typeof values]
    return value !== undefined && value !== false
  })
  if (names.length > 0 && given.length > 0) {
    throw new UsageError(`ids and --${given[0]} exclude each other`)
  }
  if (names.length === 0 && given.length === 0) {
    throw new UsageError(
      'Which events? Name them by id, or by --type, --status, --payment, --from, --to, or say --all.',
    )
  }
  if (values.all && given.length > 1) {
    throw new UsageError(`--all and --${given[0]} exclude each other`)
  }
  if (names.length > NAMED_COUNT_MAX) {
    throw new UsageError(`At most ${NAMED_COUNT_MAX} ids; a filter names as many as there are.`)
  }
  return names
}

async function findIds({ database, scope }: OpenScope, names: string[]): Promise<string[]> {
  const found = new Set<string>()
  for (const name of names) {
    const event = await findEvent(database, scope, name)
    if (event === undefined) {
      const mode = scope.livemode ? 'live' : 'test'
      throw new NotFoundError(`There is no event ${name} in ${mode} mode. Nothing was done.`)
    }
    found.add(event.id)
  }
  return [...found]
}
