import { readConfig } from '../config/config.ts'
import { findUse, removeHandler } from '../handlers/remove-handler.ts'
import type { Database } from '../store/db.ts'
import { listHandlers } from '../store/event-handlers.ts'
import { openIdSource } from '../store/new-id.ts'
import { defineCommand } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import { NotFoundError, UsageError } from './frame/failures.ts'
import type { Output } from './frame/output.ts'
import { printable } from './frame/printable.ts'
import { actorOf } from './operator.ts'
import { shownTime } from './render-event.ts'
import { countOf } from './render-replay.ts'
import { databaseOptions } from './shared-options.ts'
import { openCommandDatabase } from './with-database.ts'

export const handlersRemoveCommand = defineCommand({
  name: 'handlers remove',
  summary: 'Forget an event handler, with everything it is owed.',
  description:
    'A name that left the module goes on collecting events until a person says that it is gone, because another deployment may still have it. While a process that has it was seen less than 45 s ago it is refused.',
  positionals: [{ name: 'name', summary: 'its name, as `handlers list` shows it' }],
  options: {
    reason: { summary: 'why, for the audit log', value: '<text>' },
    yes: { summary: 'do not ask whether it is meant' },
    force: {
      summary: 'also while a process has it, which then calls it no more until its next start',
    },
    ...databaseOptions,
  },
  examples: [['payonce handlers remove sendReceipt', 'it is told nothing any more']],
  run: async (call) => {
    const { values, output } = call
    const { yes, force } = values
    const name = call.positionals[0] ?? ''
    const by = actorOf(values.reason)
    if (!yes && output.ask === undefined) {
      throw new UsageError('What it is owed goes with it: give --yes, or answer at a terminal.')
    }
    const database = await openCommandDatabase(call, readConfig(call.environment))
    if (!yes && !(await isMeant(output, database, name, force))) {
      if (output.json) output.document({ removed: null, message: 'Nothing was done.' })
      else output.line('Nothing was done.')
      return exitCodes.failed
    }
    const removal = await removeHandler({ database, newId: openIdSource() }, by, name, { force })
    if (removal.outcome === 'unknown') throw notRegistered(name)
    if (removal.outcome === 'in_use') {
      throw inUse(name, removal)
    }
    const { waitingCount, deadCount } = removal
    if (output.json) {
      output.document({ removed: name, waiting_count: waitingCount, dead_count: deadCount })
    } else output.line(`${printable(name)} is forgotten, with ${owedText(removal)}.`)
    return exitCodes.done
  },
})

async function isMeant(
  output: Output,
  database: Database,
  name: string,
  force: boolean,
): Promise<boolean> {
  const found = (await listHandlers(database)).find((one) => one.name === name)
  if (found === undefined) throw notRegistered(name)
  const use = findUse(found)
  if (!force && use !== undefined) throw inUse(name, use)
  const answer = await output.ask?.(
    `Forget ${printable(name)}, with ${owedText(found)}? They are not told it later. [y/N] `,
  )
  return /^y(es)?$/i.test(answer ?? '')
}

type Owed = { waitingCount: number; deadCount: number }
const owedText = ({ waitingCount, deadCount }: Owed) =>
  `${countOf(waitingCount)} that ${waitingCount === 1 ? 'waits' : 'wait'} and ${countOf(deadCount)} given up`

const inUse = (
  name: string,
  { seenAt, clearInSeconds }: { seenAt: Date; clearInSeconds: number },
) =>
  new Error(
    `A process that has ${printable(name)} was seen at ${shownTime(seenAt.toISOString())}. Stop it, or take the export out of its module and restart it; then, in ${clearInSeconds} s, come back. --force does not wait.`,
  )
const notRegistered = (name: string) =>
  new NotFoundError(`No event handler is registered as "${name}".`)
