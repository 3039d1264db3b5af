import { describeSettings } from '../config/describe-settings.ts'
import { formatTable } from './format-table.ts'
import { defineCommand } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import { databaseOptions } from './shared-options.ts'

export const configShowCommand = defineCommand({
  name: 'config show',
  summary: 'Show every setting in force and where it comes from; never a secret.',
  description:
    'The source is an option, the environment, the file .env, or the default. Settings that are wrong are shown with what is wrong with them.',
  options: databaseOptions,
  examples: [
    ['payonce config show', 'in the folder and with the environment Payonce is started with'],
    ["payonce config show --json | jq '.problems'", 'what a start would refuse'],
  ],
  run: async ({ environment, sourceOf, output }) => {
    const { settings, problems } = describeSettings(environment, sourceOf)
    const exitCode = problems.length === 0 ? exitCodes.done : exitCodes.failed
    if (output.json) {
      output.document({ settings, problems })
      return exitCode
    }
    const rows = settings.map(({ variable, value, source }) => [
      variable,
      value ?? '',
      source === 'default' || source === 'not set'
        ? { styled: output.style('dim', source) }
        : source,
    ])
    output.line(formatTable(['SETTING', 'VALUE', 'SOURCE'], rows))
    for (const { variable, rule, fix } of problems) {
      output.note(`${output.style('red', variable)}: ${rule} ${fix}`)
    }
    return exitCode
  },
})
