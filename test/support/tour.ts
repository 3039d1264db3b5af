/** The commands of a page and what it says they print, in order. */
import { readFileSync } from 'node:fs'

export type Step = { commands: string; printed: string[] }

/** @param heading of the section, without its marks */
export function readSteps(page: string, heading: string): Step[] {
  const [, after = ''] = readFileSync(page, 'utf8').split(`\n## ${heading}\n`)
  const [section = ''] = after.split('\n## ')
  const steps: Step[] = []
  for (const [, language, text = ''] of section.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)) {
    if (language === 'sh') steps.push({ commands: text, printed: [] })
    else steps.at(-1)?.printed.push(...text.trimEnd().split('\n'))
  }
  return steps
}

/** What differs from one run to the next. */
const varying = [
  /\b(?:pay|pev|evt|pi|ch|re|req|txn|mer)_[A-Za-z0-9]+/,
  /\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\.\d{3}Z/,
  /\d+ ms/,
  /\d+\.\d s/,
  /pid \d+/,
  /Node v[\d.]+/,
]
const parts = new RegExp(`(…|${varying.map(({ source }) => source).join('|')}| +)`)

function patternOf(line: string): RegExp {
  const source = line
    .trimEnd()
    .split(parts)
    .map((part) => {
      if (part === '…') return '.*'
      if (/^ +$/.test(part)) return ' +'
      const kind = varying.find((one) => new RegExp(`^${one.source}$`).test(part))
      return kind?.source ?? part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
    })
  return new RegExp(`^${source.join('')}\\s*$`)
}

/**
 * The first line of the page that the output does not have where it should be, or undefined. A line that is `…` stands
 * for any number of lines.
 */
export function findDifference(printed: string[], output: string): string | undefined {
  const lines = output.trimEnd().split('\n')
  let at = 0
  let maySkip = false
  for (const expected of printed) {
    if (expected === '…') {
      maySkip = true
      continue
    }
    const pattern = patternOf(expected)
    while (maySkip && at < lines.length && !pattern.test(lines[at] ?? '')) at++
    if (at >= lines.length || !pattern.test(lines[at] ?? '')) return expected
    at++
    maySkip = false
  }
  return maySkip || at === lines.length ? undefined : `(nothing more) ${lines[at]}`
}
