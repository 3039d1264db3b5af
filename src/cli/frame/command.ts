/**
 * The frame of the command line: what a command declares about itself.
 *
 * From the declaration come parsing, help, suggestions, completion and the reference page, so none of them can
 * disagree with another. A command is one file that calls `defineCommand`, and one line in `commands.ts`.
 */
import type { Environment } from '../../config/settings.ts'
import type { ExitCode } from './exit-codes.ts'
import type { Output } from './output.ts'

export type OptionDeclaration = {
  summary: string
  /** what stands for the value in help, such as `<url>`; an option without it is a flag */
  value?: string
  /** the only words accepted */
  choices?: readonly string[]
  /** the value when none is given */
  fallback?: string
  /** the environment variable that this option replaces for the time of the command */
  setting?: string
  /** may be given several times */
  multiple?: true
}
export type Options = Readonly<Record<string, OptionDeclaration>>

export type Positional = {
  name: string
  summary: string
  optional?: true
  /** every further word of the line is one more of it; only the last may be so */
  repeated?: true
  choices?: readonly string[]
}

type ValueOf<Declared extends OptionDeclaration> = Declared extends { value: string }
  ? Declared extends { multiple: true }
    ? string[]
    : Declared extends { fallback: string }
      ? string
      : string | undefined
  : boolean
export type ValuesOf<Declared extends Options> = {
  readonly [Name in keyof Declared]: ValueOf<Declared[Name]>
}

/** What of a call every command and every shared step needs. */
export type CallContext = {
  /** the environment with the options that stand for settings laid over it */
  environment: Environment
  /** where a variable of `environment` comes from: `--port`, `environment`, `.env`, or undefined when it is not set */
  sourceOf: (variable: string) => string | undefined
  output: Output
  /** aborted by Ctrl-C, and when nobody reads the output any more */
  signal: AbortSignal
  /** closed when the command ends, however it ends */
  resources: AsyncDisposableStack
}

export type Call<Declared extends Options> = CallContext & {
  values: ValuesOf<Declared>
  positionals: readonly (string | undefined)[]
}

export type Command = {
  /** one word, or two for a command of a group: `events list` */
  name: string
  summary: string
  /** paragraphs for help and the reference page */
  description?: string
  positionals: readonly Positional[]
  options: Options
  examples: ReadonlyArray<readonly [line: string, does: string]>
  /** it prepares for signals itself */
  handlesSignals?: true
  run(call: Call<Options>): Promise<ExitCode>
}

/** Commands that belong together in help. */
export type Section = { title: string; commands: readonly Command[] }

export function defineCommand<const Declared extends Options>(
  command: Omit<Command, 'options' | 'positionals' | 'run'> & {
    options: Declared
    positionals?: readonly Positional[]
    run(call: Call<Declared>): Promise<ExitCode>
  },
): Command {
  const run = (call: Call<Options>) => command.run(call as unknown as Call<Declared>)
  return { ...command, positionals: command.positionals ?? [], run }
}

/** Options that every command has. */
export const commonOptions = {
  json: {
    summary: 'print JSON: one document, or one object a line where it goes on; integers are exact',
  },
  help: { summary: 'show this help' },
} as const satisfies Options
