/** The reference page of the command line, written from the declarations of its commands. */
import type { Command } from '../../src/cli/frame/command.ts'
import { exitCodeMeanings } from '../../src/cli/frame/exit-codes.ts'
import { describeOption, usageOf } from '../../src/cli/frame/render-help.ts'

/** `<type>` is read as HTML outside of code. */
const item = (name: string, text: string) => `- \`${name}\`: ${text.replaceAll('<', '\\<')}`

function renderCommand(command: Command): string {
  const { name, summary, description, positionals, options, examples } = command
  const lists = [
    positionals.map(({ name: word, summary: text, choices, repeated }) =>
      item(
        `<${word}>${repeated ? '...' : ''}`,
        choices === undefined ? text : `${text}: ${choices.join(', ')}`,
      ),
    ),
    Object.entries(options).map((option) => item(...describeOption(option))),
  ].filter((list) => list.length > 0)
  return [
    `## \`payonce ${name}\``,
    summary,
    ...(description === undefined ? [] : [description.replaceAll('<', '\\<')]),
    `\`\`\`\n${usageOf(command)}\n\`\`\``,
    ...lists.map((list) => list.join('\n')),
    `Examples:`,
    examples.map(([line, does]) => item(line, does)).join('\n'),
  ].join('\n\n')
}

export function renderCommandLine(commands: readonly Command[]): string {
  const exitCodes = exitCodeMeanings.map(([code, meaning]) => item(String(code), meaning))
  return `# Command line

\`npx payonce <command>\` in the folder Payonce is started in, or \`payonce <command>\` where it is installed.
\`payonce help\` lists the commands, \`payonce help <command>\` says what this page says.

A command finds the database as a start would: by \`DATABASE_URL\`, else the embedded one in \`PAYONCE_DATA_DIR\`, whether it
runs or not. What delivers webhooks finds the running instance by the data folder, else by \`HOST\` and \`PORT\`. An option
that stands for a setting replaces it for the time of the command.

Every command has \`--json\`: one document, or one object a line where the output goes on; integers are exact, amounts in
minor units. Results go to standard output, everything beside them to standard error. Color is used on a terminal only,
and not with \`NO_COLOR\`. Exit codes:

${exitCodes.join('\n')}

This page is written from the declarations in \`src/cli/\` by \`UPDATE_DOCS=1 node --test test/docs.test.ts\`.

${commands.map(renderCommand).join('\n\n')}
`
}
