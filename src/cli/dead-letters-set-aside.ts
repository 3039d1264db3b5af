import { setAside } from '../inbox/dead-letters.ts'
import { openIdSource } from '../store/new-id.ts'
import { getDeadLetter } from './find-dead-letter.ts'
import { defineCommand } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import { openScope } from './open-scope.ts'
import { deedOf } from './operator.ts'
import { askReason } from './order-replay.ts'
import { scopeOptions } from './shared-options.ts'

export const deadLettersSetAsideCommand = defineCommand({
  name: 'dead-letters set-aside',
  summary: 'Decide that nothing more shall happen to an event that was given up.',
  description:
    'It leaves the list and the metric, stays readable (`dead-letters list --state set_aside`), and can still be retried by its id.',
  positionals: [{ name: 'id', summary: 'its id (pev_... or evt_...)' }],
  options: {
    reason: { summary: 'why, for the audit log; asked for at a terminal', value: '<text>' },
    ...scopeOptions,
  },
  examples: [
    ['payonce dead-letters set-aside evt_1 --reason "a test of the provider"', 'for good'],
  ],
  run: async (call) => {
    const { values, output } = call
    const reason = values.reason ?? (await askReason(output))
    const opened = await openScope(call)
    const { database, scope } = opened
    const letter = await getDeadLetter(opened, call.positionals[0] ?? '')
    const deps = { database, newId: openIdSource() }
    const id = await setAside(deps, deedOf(scope, reason), letter.id)
    if (output.json) output.document({ id, state: 'set_aside' })
    else output.line(`${id} is set aside.`)
    return exitCodes.done
  },
})
