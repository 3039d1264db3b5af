/**
 * Runs one command: parses its line, lays its options over the environment, and ends it in an orderly way,
 * whether it returns, fails, is interrupted, or its reader goes away.
 */
import { setTimeout } from 'node:timers/promises'
import {
  type EnvironmentSource,
  type EnvironmentSources,
  readEnvironmentSources,
} from '../../config/env.ts'
import type { Call, Command, Options, ValuesOf } from './command.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { explainFailure } from './explain-failure.ts'
import { UsageError } from './failures.ts'
import { type Output, openOutput, type Terminal } from './output.ts'
import { parseCommandLine } from './parse-command-line.ts'
import { renderCommandHelp } from './render-help.ts'

/** What an interrupted command may still take to stop what it started. */
const CLEANUP_MS_MAX = 20_000

/** What a command is run in; by default the process. */
export type Surroundings = { terminal?: Terminal; source?: EnvironmentSource }

export async function runCommand(
  command: Command,
  argv: readonly string[],
  { terminal = process, source }: Surroundings = {},
): Promise<ExitCode> {
  const output = openOutput(argv.includes('--json'), terminal)
  try {
    const { values, positionals } = parseCommandLine(command, argv)
    if (values.help === true) {
      output.line(renderCommandHelp(command))
      return exitCodes.done
    }
    const sources = overlaySettings(command.options, values, readEnvironmentSources(source))
    const call = { ...sources, values: values as ValuesOf<Options>, positionals, output }
    return command.handlesSignals
      ? await runUnwatched(command, call)
      : await runInterruptibly(command, call, terminal)
  } catch (error) {
    return tellFailure(error, output, { name: command.name, source })
  }
}

/** Options named after settings take their place for this command alone. */
function overlaySettings(
  options: Options,
  values: Record<string, unknown>,
  { environment, sourceOf }: EnvironmentSources,
): EnvironmentSources {
  const given: Record<string, { option: string; value: string }> = {}
  for (const [name, { setting }] of Object.entries(options)) {
    const value = values[name]
    if (setting === undefined || typeof value !== 'string') continue
    given[setting] = { option: `--${name}`, value }
  }
  const replaced = Object.entries(given).map(([setting, { value }]) => [setting, value])
  return {
    environment: { ...environment, ...Object.fromEntries(replaced) },
    sourceOf: (variable) => given[variable]?.option ?? sourceOf(variable),
  }
}

type Prepared = Omit<Call<Options>, 'signal' | 'resources'>

async function runUnwatched(command: Command, call: Prepared): Promise<ExitCode> {
  await using resources = new AsyncDisposableStack()
  return await command.run({ ...call, resources, signal: new AbortController().signal })
}

/** Whatever the command opened is closed before the process ends, also when somebody loses patience with it. */
async function runInterruptibly(
  command: Command,
  call: Prepared,
  { stdout }: Terminal,
): Promise<ExitCode> {
  const abort = new AbortController()
  const resources = new AsyncDisposableStack()
  const interrupted = Promise.withResolvers<ExitCode>()
  const interrupt = (exitCode: ExitCode) => {
    // The second Ctrl-C is not asked to wait; an embedded database is still taken along at the exit.
    if (abort.signal.aborted) process.exit(exitCode)
    abort.abort()
    interrupted.resolve(exitCode)
  }
  const onSignal = () => interrupt(exitCodes.interrupted)
  const onOutputError = (error: NodeJS.ErrnoException) => {
    // `| head` has read enough: that is no failure.
    if (error.code !== 'EPIPE') throw error
    if (!abort.signal.aborted) interrupt(exitCodes.done)
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  stdout.on('error', onOutputError)
  try {
    const running = command.run({ ...call, resources, signal: abort.signal })
    // After an interruption its own failure is nobody's news.
    running.catch(() => {})
    return await Promise.race([running, interrupted.promise])
  } finally {
    const closing = resources.disposeAsync()
    if (abort.signal.aborted) {
      closing.catch(() => {})
      await Promise.race([closing, setTimeout(CLEANUP_MS_MAX, undefined, { ref: false })])
      process.exit(await interrupted.promise)
    }
    await closing
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
    stdout.off('error', onOutputError)
  }
}

function tellFailure(
  error: unknown,
  output: Output,
  { name, source }: { name: string; source: EnvironmentSource | undefined },
): ExitCode {
  const isDebugging = readEnvironmentSources(source).environment.LOG_LEVEL === 'debug'
  const { exitCode, code, message } = explainFailure(error, isDebugging)
  if (output.json) output.note(JSON.stringify({ error: code, message }))
  else {
    output.note(message)
    if (error instanceof UsageError) output.note(`\npayonce ${name} --help tells how it is used.`)
  }
  return exitCode
}
