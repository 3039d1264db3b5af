import { retryDeadLetter, retryDeadLetters } from '../inbox/dead-letters.ts'
import { openIdSource } from '../store/new-id.ts'
import { checkType } from './event-filter.ts'
import { getDeadLetter } from './find-dead-letter.ts'
import { defineCommand } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import { UsageError } from './frame/failures.ts'
import { openScope } from './open-scope.ts'
import { deedOf } from './operator.ts'
import { orderOptions, orderReplay } from './order-replay.ts'
import { scopeOptions } from './shared-options.ts'

export const deadLettersRetryCommand = defineCommand({
  name: 'dead-letters retry',
  summary: 'Apply events that were given up once more: one by its id, or many.',
  description:
    'One that is named by its id goes back into the queue with all its attempts. Many are replayed by a job, which this command follows as `events replay` does; those set aside are left out. Mend the cause first: `events failures` says how.',
  positionals: [{ name: 'id', summary: 'its id (pev_... or evt_...)', optional: true }],
  options: {
    all: { summary: 'all that wait for a person' },
    code: { summary: 'only what failed of this', value: '<code>' },
    type: {
      summary: 'only this type, or all that begin so: charge.refunded, charge.*',
      value: '<type>',
    },
    ...orderOptions,
    ...scopeOptions,
  },
  examples: [
    ['payonce dead-letters retry evt_1', 'one'],
    ['payonce dead-letters retry --all --reason "mended in 0.2"', 'every one'],
    ['payonce dead-letters retry --code worker_died --reason "more memory" --yes', 'of one cause'],
  ],
  run: async (call) => {
    const { values, output, positionals } = call
    const { code, type, all } = values
    const [id] = positionals
    const isMany = all || code !== undefined || type !== undefined
    if (id === undefined && !isMany) {
      throw new UsageError('Which? Give an id, or --all, --code or --type.')
    }
    if (id !== undefined && isMany) {
      throw new UsageError('An id and --all, --code or --type exclude each other.')
    }
    checkType(type)
    const opened = await openScope(call)
    const { database, scope } = opened
    if (id === undefined) {
      return orderReplay(call, opened, {
        filter: { status: 'dead', setAside: false, reason: code, type },
        isMany: true,
        create: (deps, deed) => retryDeadLetters(deps, deed, { code, type }),
      })
    }
    const deps = { database, newId: openIdSource() }
    const letter = await getDeadLetter(opened, id)
    const retried = await retryDeadLetter(deps, deedOf(scope, values.reason), letter.id)
    if (output.json) output.document({ id: retried, status: 'waiting' })
    else {
      output.line(`${retried} is in the queue again.`)
      output.note(`npx payonce events show ${retried} says what became of it.`)
    }
    return exitCodes.done
  },
})
