/** The command line: one file per command; this one only finds it. */
import { health } from './health.ts'
import { ledgerCheck } from './ledger-check.ts'
import { trigger } from './trigger.ts'

type Command = { summary: string; run: (argv: string[]) => Promise<number> }

/** `start` comes from the entry: commands know nothing of the app. */
const commandsWith = (start: Command['run']): Record<string, Command> => ({
  start: {
    summary: 'start Payonce: API and worker, or one of them with --role api|worker',
    run: start,
  },
  health: {
    summary: 'ask the running instance whether it is ready; a worker with --role worker',
    run: health,
  },
  'ledger-check': {
    summary: 'recompute every balance from its postings and tell what is off',
    run: ledgerCheck,
  },
  trigger: {
    summary: 'send a truly signed Stripe event to the running instance',
    run: trigger,
  },
})

/** @returns the exit code: 0 done, 1 failed, 2 the command line was wrong */
export async function runCommand(argv: string[], start: Command['run']): Promise<number> {
  const commands = commandsWith(start)
  const [name, ...rest] = argv
  const command = name === undefined ? undefined : commands[name]
  if (command !== undefined) return command.run(rest)
  const width = Math.max(...Object.keys(commands).map((one) => one.length))
  const lines = Object.entries(commands).map(
    ([one, { summary }]) => `  ${one.padEnd(width)}  ${summary}`,
  )
  const help = `payonce <command>\n\n${lines.join('\n')}\n`
  if (name === undefined || name === '--help' || name === 'help') {
    console.log(help)
    return 0
  }
  console.error(`unknown command "${name}"\n\n${help}`)
  return 2
}
