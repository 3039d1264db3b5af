import type { Command } from './command.ts'
import { suggest } from './suggest.ts'

export type FoundCommand =
  | { outcome: 'command'; command: Command; rest: string[] }
  | { outcome: 'group'; group: string; commands: Command[]; unknown: string | undefined }
  | { outcome: 'unknown'; name: string; meant: string | undefined }

/** The command a line begins with: `events list …` before `events`. */
export function findCommand(commands: readonly Command[], argv: readonly string[]): FoundCommand {
  const [first = '', second] = argv
  const exact =
    commands.find(({ name }) => name === `${first} ${second}`) ??
    commands.find(({ name }) => name === first)
  if (exact !== undefined) {
    return { outcome: 'command', command: exact, rest: argv.slice(exact.name.split(' ').length) }
  }
  const members = commands.filter(({ name }) => name.startsWith(`${first} `))
  if (members.length > 0) {
    const unknown = second === undefined || second.startsWith('-') ? undefined : second
    return { outcome: 'group', group: first, commands: members, unknown }
  }
  const words = [...commands.map(({ name }) => name), ...groupsOf(commands)]
  return { outcome: 'unknown', name: first, meant: suggest(first, words) }
}

/** First words of commands that have two. */
export function groupsOf(commands: readonly Command[]): string[] {
  const first = commands.flatMap(({ name }) => (name.includes(' ') ? [name.split(' ')[0]] : []))
  return [...new Set(first)].filter((word) => word !== undefined)
}

/** Within a group, the command that was probably meant. */
export function suggestMember(commands: readonly Command[], given: string): string | undefined {
  const members = new Map(commands.map(({ name }) => [name.split(' ')[1] ?? '', name]))
  return members.get(suggest(given, [...members.keys()]) ?? '')
}
