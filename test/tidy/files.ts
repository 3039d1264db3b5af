import type { SourceFile } from './source-files.ts'

const LINES_MAX = 350
const MEDIAN_LINES_MAX = 90

/** Files that may be longer, each with its reason. */
const longFiles: Record<string, string> = {}

export function findLongFiles(sources: SourceFile[]): string[] {
  const tooLong = sources.filter(
    ({ path, lineCount }) => lineCount > LINES_MAX && !(path in longFiles),
  )
  const needless = Object.keys(longFiles).filter(
    (path) => !sources.some((source) => source.path === path && source.lineCount > LINES_MAX),
  )
  return [
    ...tooLong.map(({ path, lineCount }) => `${path} has ${lineCount} lines, at most ${LINES_MAX}`),
    ...needless.map((path) => `${path} no longer needs its place in the list of long files`),
  ]
}

export function findLargeMedian(sources: SourceFile[]): string[] {
  const counts = sources.map(({ lineCount }) => lineCount).sort((left, right) => left - right)
  const median = counts[Math.floor(counts.length / 2)] ?? 0
  return median < MEDIAN_LINES_MAX
    ? []
    : [`the median file has ${median} lines, not below ${MEDIAN_LINES_MAX}`]
}

const kebabCase = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*\.ts$/
/** Names that say nothing, so everything ends up in them. */
const emptyName = /(?:^|[-./])(?:utils?|utilities|helpers?|managers?)(?=[-./]|$)/

export function findBadNames(paths: string[]): string[] {
  return paths.flatMap((path) => {
    const faults: string[] = []
    if (!kebabCase.test(path.split('/').at(-1) ?? '')) faults.push(`${path} is not in kebab-case`)
    if (emptyName.test(path)) faults.push(`${path} is not named for what it does`)
    return faults
  })
}

const defaultExport = /^\s*export\s+default\b|\bas\s+default\b/m

export function findDefaultExports(sources: SourceFile[]): string[] {
  return sources.filter(({ code }) => defaultExport.test(code)).map(({ path }) => path)
}

/** Relative imports that Node could not run, or that lead nowhere. */
export function findBadSpecifiers(sources: SourceFile[], files: ReadonlySet<string>): string[] {
  return sources.flatMap(({ path, imports }) =>
    imports.flatMap(({ specifier, target, line }) => {
      if (target === undefined) return []
      if (!/\.(?:ts|json)$/.test(specifier))
        return [`${path}:${line} imports ${specifier} without .ts`]
      return files.has(target) ? [] : [`${path}:${line} imports ${target}, which is not there`]
    }),
  )
}
