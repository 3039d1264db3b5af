/**
 * The command line: `payonce <command>`, each command in a file of its own beside this one.
 *
 * In: the words of the line, and how to start the app, of which commands know nothing. Out: the exit code.
 * Promise: help, suggestions, completion and the reference page all come from the commands' declarations.
 */
import { readFileSync } from 'node:fs'
import { sections as others } from './commands.ts'
import { completionCommand } from './completion.ts'
import type { Command, Section } from './frame/command.ts'
import { type ExitCode, exitCodes } from './frame/exit-codes.ts'
import { findCommand, suggestMember } from './frame/find-command.ts'
import { openOutput } from './frame/output.ts'
import { renderCommandHelp, renderHelp } from './frame/render-help.ts'
import { runCommand, type Surroundings } from './frame/run-command.ts'
import { type StartApp, startCommand } from './start.ts'

/** Every command there is, in the order help shows them. */
export function listCommands(start: StartApp): Command[] {
  return listSections(start).flatMap(({ commands }) => commands)
}

/** The first begins with `start`, the last ends with `completion`: both need what the others do not know. */
function listSections(start: StartApp): Section[] {
  const completion = completionCommand(() => listCommands(start))
  return others.map(({ title, commands }, index) => ({
    title,
    commands: [
      ...(index === 0 ? [startCommand(start)] : []),
      ...commands,
      ...(index === others.length - 1 ? [completion] : []),
    ],
  }))
}

/** @returns the exit code, as `frame/exit-codes.ts` lists them */
export async function runCommandLine(
  argv: readonly string[],
  start: StartApp,
  surroundings: Surroundings = {},
): Promise<ExitCode> {
  const output = openOutput(false, surroundings.terminal)
  const sections = listSections(start)
  const commands = sections.flatMap((section) => section.commands)
  const [first] = argv
  if (first === undefined || first === '--help' || (first === 'help' && argv.length === 1)) {
    output.line(renderHelp(sections))
    return exitCodes.done
  }
  if (first === '--version') {
    output.line(readVersion())
    return exitCodes.done
  }
  const asksForHelp = first === 'help'
  const found = findCommand(commands, asksForHelp ? argv.slice(1) : argv)
  switch (found.outcome) {
    case 'command':
      if (!asksForHelp) return runCommand(found.command, found.rest, surroundings)
      output.line(renderCommandHelp(found.command))
      return exitCodes.done
    case 'group': {
      const help = renderHelp(
        [{ title: '', commands: found.commands }],
        `payonce ${found.group} <command>`,
      )
      if (asksForHelp || argv.includes('--help')) {
        output.line(help)
        return exitCodes.done
      }
      if (found.unknown !== undefined) {
        const meant = suggestMember(found.commands, found.unknown)
        output.note(`unknown command "${found.group} ${found.unknown}"${didYouMean(meant)}\n`)
      }
      output.note(help)
      return exitCodes.usage
    }
    case 'unknown':
      output.note(
        `unknown command "${found.name}"${didYouMean(found.meant)}\n\n${renderHelp(sections)}`,
      )
      return exitCodes.usage
  }
}

function didYouMean(name: string | undefined): string {
  return name === undefined ? '' : `; did you mean "${name}"?`
}

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
