import { stopReplay } from '../inbox/create-replay.ts'
import { presentReplay } from '../inbox/present-replay.ts'
import { openIdSource } from '../store/new-id.ts'
import { defineCommand } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import { openScope } from './open-scope.ts'
import { deedOf } from './operator.ts'
import { renderSummary } from './render-replay.ts'
import { scopeOptions } from './shared-options.ts'

export const replaysStopCommand = defineCommand({
  name: 'replays stop',
  summary: 'Stop a replay after the batch under way; what is done stays done.',
  positionals: [{ name: 'id', summary: 'its id (rpl_...)' }],
  options: { reason: { summary: 'why, for the audit log', value: '<text>' }, ...scopeOptions },
  examples: [['payonce replays stop rpl_…', 'the rest is not replayed']],
  run: async (call) => {
    const { output } = call
    const { database, scope } = await openScope(call)
    const deed = deedOf(scope, call.values.reason)
    const deps = { database, newId: openIdSource() }
    const replay = presentReplay(await stopReplay(deps, deed, call.positionals[0] ?? ''))
    if (output.json) output.document(replay)
    else output.line(renderSummary(replay, output))
    return exitCodes.done
  },
})
