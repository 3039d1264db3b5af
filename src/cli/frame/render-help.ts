import {
  type Command,
  commonOptions,
  type OptionDeclaration,
  type Options,
  type Section,
} from './command.ts'
import { exitCodeMeanings } from './exit-codes.ts'

const LINE_WIDTH = 100

/** Help for the whole: every command with its sentence, those that belong together under one title. */
export function renderHelp(sections: readonly Section[], heading = 'payonce <command>'): string {
  const width = Math.max(
    ...sections.flatMap(({ commands }) => commands.map(({ name }) => name.length)),
  )
  const parts = sections.map(({ title, commands }) => {
    const rows = commands.map(({ name, summary }) => [name, summary] as const)
    return `${title === '' ? '' : `${title}\n`}${renderRows(rows, width)}`
  })
  return `${heading}

${parts.join('\n\n')}

npx payonce help <command>, or <command> --help, tells more. Exit codes:

${renderRows(exitCodeMeanings.map(([code, meaning]) => [String(code), meaning]))}`
}

/** Help for one command, all from its declaration. */
export function renderCommandHelp(command: Command): string {
  const sections = [`${command.summary}\n\n  ${usageOf(command)}`]
  if (command.description !== undefined) sections.push(wrap(command.description, 0))
  if (command.positionals.length > 0) {
    sections.push(
      renderRows(
        command.positionals.map(({ name, summary, choices }) => [
          `<${name}>`,
          choices === undefined ? summary : `${summary}: ${choices.join(', ')}`,
        ]),
      ),
    )
  }
  sections.push(renderRows(Object.entries(optionsOf(command)).map(describeOption)))
  const examples = command.examples.map(([line, does]) => `  ${line}\n      ${does}`)
  if (examples.length > 0) sections.push(examples.join('\n'))
  return sections.join('\n\n')
}

export function usageOf({ name, positionals }: Command): string {
  const words = positionals.map(({ name: word, optional, repeated }) => {
    const shown = `<${word}>${repeated ? '...' : ''}`
    return optional ? `[${shown}]` : shown
  })
  return ['payonce', name, ...words, '[options]'].join(' ')
}

export function optionsOf(command: Command): Options {
  return { ...command.options, ...commonOptions }
}

/** The option as it is written, and everything there is to say of it. */
export function describeOption([name, declared]: [string, OptionDeclaration]): [string, string] {
  const { value, summary, choices, fallback, setting, multiple } = declared
  const more = [
    ...(choices === undefined ? [] : [choices.join(' | ')]),
    ...(multiple ? ['may be repeated'] : []),
    ...(fallback === undefined ? [] : [`default ${fallback}`]),
    ...(setting === undefined ? [] : [`instead of ${setting}`]),
  ]
  return [
    value === undefined ? `--${name}` : `--${name} ${value}`,
    more.length === 0 ? summary : `${summary} (${more.join('; ')})`,
  ]
}

function renderRows(
  rows: ReadonlyArray<readonly [string, string]>,
  width = Math.max(...rows.map(([name]) => name.length)),
): string {
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${wrap(text, width + 4)}`).join('\n')
}

/** Breaks at words; lines after the first begin at the column `indent`. */
function wrap(text: string, indent: number): string {
  const lines = ['']
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1) ?? ''
    if (last !== '' && indent + last.length + 1 + word.length > LINE_WIDTH) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines.join(`\n${' '.repeat(indent)}`)
}
