/** One thing wrong with the settings. No part of it ever quotes a secret. */
export type ConfigProblem = {
  /** the environment variable, or both of a conflicting pair */
  variable: string
  /** what must hold */
  rule: string
  /** what the operator should do */
  fix: string
}

/** Thrown once per start, with every problem at hand, so that nobody mends settings one restart at a time. */
export class ConfigError extends Error {
  readonly code = 'configuration_invalid'
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ variable, rule, fix }) => `  ${variable}: ${rule} ${fix}`)
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`
    super([`The configuration has ${count}:`, ...lines].join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
  }
}
