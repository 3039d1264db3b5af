import { parseArgs } from 'node:util'
import { type Command, commonOptions, type OptionDeclaration, type Options } from './command.ts'
import { UsageError } from './failures.ts'
import { suggest } from './suggest.ts'

export type ParsedLine = {
  values: Record<string, string | string[] | boolean | undefined>
  positionals: string[]
}

/** @throws UsageError saying what is wrong and, where it can be guessed, what was meant */
export function parseCommandLine(command: Command, argv: readonly string[]): ParsedLine {
  const options: Options = { ...command.options, ...commonOptions }
  const parsed = parseTokens(options, argv)
  if (parsed.values.help === true) return parsed
  for (const [name, declared] of Object.entries(options)) {
    checkChoice(`--${name}`, declared.choices, parsed.values[name])
  }
  const { positionals } = command
  const missing = positionals.find(
    (one, index) => one.optional !== true && parsed.positionals[index] === undefined,
  )
  if (missing !== undefined)
    throw new UsageError(`<${missing.name}> is missing: ${missing.summary}`)
  const extra = parsed.positionals[positionals.length]
  const isRepeated = positionals.at(-1)?.repeated === true
  if (extra !== undefined && !isRepeated) throw new UsageError(`"${extra}" is one word too many`)
  for (const [index, { name, choices }] of positionals.entries()) {
    checkChoice(`<${name}>`, choices, parsed.positionals[index])
  }
  return parsed
}

function parseTokens(options: Options, argv: readonly string[]): ParsedLine {
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(Object.entries(options).map(toParseOption)),
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  const values: ParsedLine['values'] = {}
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const declared = options[token.name]
    if (declared === undefined || !token.rawName.startsWith('--')) {
      throw new UsageError(unknownOption(token.rawName, options))
    }
    values[token.name] = givenValue(token, declared, values[token.name])
  }
  for (const [name, declared] of Object.entries(options)) {
    values[name] ??= absentValue(declared)
  }
  return { values, positionals }
}

function toParseOption([name, { value, multiple }]: [string, OptionDeclaration]) {
  const type = value === undefined ? ('boolean' as const) : ('string' as const)
  return [name, { type, multiple: multiple === true }] as const
}

function givenValue(
  {
    rawName,
    value,
    inlineValue,
  }: { rawName: string; value: string | undefined; inlineValue: boolean | undefined },
  declared: OptionDeclaration,
  known: ParsedLine['values'][string],
): string | string[] | true {
  if (declared.value === undefined) {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value`)
    return true
  }
  // `--to --json` forgot the value; one that really begins with a dash is written `--to=-x`.
  if (value === undefined || (!inlineValue && /^-./.test(value))) {
    throw new UsageError(`${rawName} needs a value: ${rawName} ${declared.value}`)
  }
  if (declared.multiple !== true) return value
  return [...(Array.isArray(known) ? known : []), value]
}

function absentValue({ value, fallback, multiple }: OptionDeclaration) {
  if (value === undefined) return false
  return multiple ? [] : fallback
}

function unknownOption(rawName: string, options: Options): string {
  const meant = suggest(rawName.replace(/^-+/, ''), Object.keys(options))
  return `unknown option ${rawName}${meant === undefined ? '' : `; did you mean --${meant}?`}`
}

function checkChoice(
  name: string,
  choices: readonly string[] | undefined,
  given: ParsedLine['values'][string],
): void {
  if (choices === undefined || typeof given !== 'string' || choices.includes(given)) return
  const meant = suggest(given, choices)
  throw new UsageError(
    `${name} ${given}: must be one of ${choices.join(', ')}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
  )
}
