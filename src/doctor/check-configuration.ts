import { type Finding, fail, ok } from './finding.ts'

type Problem = { variable: string; rule: string; fix: string }

/** Each problem is a finding of its own, since each has a fix of its own. */
export function checkConfiguration(problems: readonly Problem[]): Finding[] {
  if (problems.length === 0) return [ok('configuration', 'Every setting is well-formed.')]
  return problems.map(({ variable, rule, fix }) =>
    fail('configuration', `${variable} ${rule}`, fix),
  )
}
