import { type Finding, fail, ok } from './finding.ts'

/** @param range as package.json writes it: `>=22.22` */
export function checkNode(version: string, range: string): Finding {
  const least = range.replace(/^\D*/, '')
  return isAtLeast(version, least)
    ? ok('node', `Node ${version}`)
    : fail(
        'node',
        `Node ${version} is older than ${least}, which runs TypeScript as it is.`,
        'Run payonce with npx, which takes the Node of the project, or install a newer one.',
      )
}

function isAtLeast(version: string, least: string): boolean {
  const [has, needs] = [version, least].map((one) => one.replace(/^v/, '').split('.').map(Number))
  for (const [index, part] of (needs ?? []).entries()) {
    const own = has?.[index] ?? 0
    if (own !== part) return own > part
  }
  return true
}
