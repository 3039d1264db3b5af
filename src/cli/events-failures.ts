import { presentFailureGroup } from '../inbox/explain-failures.ts'
import { listFailureGroups } from '../store/failure-groups.ts'
import { defineCommand } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import type { Output } from './frame/output.ts'
import { printable } from './frame/printable.ts'
import { openScope } from './open-scope.ts'
import { shownTime } from './render-event.ts'
import { scopeOptions } from './shared-options.ts'

type Group = ReturnType<typeof presentFailureGroup>

export const eventsFailuresCommand = defineCommand({
  name: 'events failures',
  summary: 'Say what events fail of: grouped by error, with what it means and how it is mended.',
  description: 'At most 100 groups, the largest first.',
  options: scopeOptions,
  examples: [['payonce events failures', 'before anything is retried']],
  run: async (call) => {
    const { output } = call
    const { database, scope } = await openScope(call)
    const groups = (await listFailureGroups(database, scope)).map(presentFailureGroup)
    if (output.json) output.document({ items: groups })
    else if (groups.length === 0) output.line('Nothing failed.')
    else output.line(groups.map((group) => renderGroup(group, output)).join('\n\n'))
    return exitCodes.done
  },
})

function renderGroup(group: Group, output: Output): string {
  const { code, type, first_failed_at: first, last_failed_at: last } = group
  const states = [
    [group.dead_count, 'given up'],
    [group.retrying_count, 'tried again by themselves'],
    [group.set_aside_count, 'set aside'],
  ] as const
  const counts = states.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
  const rows: [string, string][] = [
    ['means', group.explanation],
    ['for example', printable(group.sample_detail)],
    ['when', first === last ? shownTime(last) : `${shownTime(first)} to ${shownTime(last)}`],
    ['events', group.sample_ids.join(' ')],
    ['fix', group.fix],
    ...(group.dead_count === 0
      ? []
      : [
          [
            'then',
            `npx payonce dead-letters retry --code ${shellWord(code)} --type ${shellWord(type)} --reason <why>`,
          ] as [string, string],
        ]),
  ]
  const head = `${output.style(['bold', 'red'], printable(code))}  ${printable(type)}  ${counts.join(', ')}`
  return `${head}\n${rows.map(([name, value]) => `  ${name.padEnd(11)}  ${value}`).join('\n')}`
}

/** As a shell takes it for one word. */
function shellWord(text: string): string {
  return /^[\w.:-]+$/.test(text) ? text : `'${printable(text).replaceAll("'", `'\\''`)}'`
}
