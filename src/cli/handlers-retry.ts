import { DomainError } from '../domain/errors.ts'
import { retryRun } from '../handlers/retry-run.ts'
import { openIdSource } from '../store/new-id.ts'
import { defineCommand } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import { NotFoundError } from './frame/failures.ts'
import { openScope } from './open-scope.ts'
import { deedOf } from './operator.ts'
import { scopeOptions } from './shared-options.ts'

export const handlersRetryCommand = defineCommand({
  name: 'handlers retry',
  summary: 'Call a handler once more for an event it was given up for, with all its attempts.',
  positionals: [{ name: 'run', summary: 'as `handlers runs` shows it (pev_….sendReceipt)' }],
  options: { reason: { summary: 'why, for the audit log', value: '<text>' }, ...scopeOptions },
  examples: [['payonce handlers retry pev_….sendReceipt', 'once the module is mended']],
  run: async (call) => {
    const { output } = call
    const id = call.positionals[0] ?? ''
    const { database, scope } = await openScope(call)
    const deed = deedOf(scope, call.values.reason)
    try {
      await retryRun({ database, newId: openIdSource() }, deed, id)
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      throw new NotFoundError(
        `No handler was given up for "${id}": npx payonce handlers runs --status dead lists those that were.`,
      )
    }
    if (output.json) output.document({ id, status: 'waiting' })
    else output.line(`${id} is due again.`)
    return exitCodes.done
  },
})
