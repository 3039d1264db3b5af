import type { SourceFile } from './source-files.ts'

const targetsOf = (source: SourceFile) => source.imports.flatMap(({ target }) => target ?? [])
const importsOf = (source: SourceFile) =>
  source.imports.flatMap(({ target, runs }) => (runs ? [] : (target ?? [])))

/** Each cycle once, as the chain of its files. A file that starts another as a thread or process does not import it. */
export function findCycles(sources: SourceFile[]): string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]))
  const finished = new Set<string>()
  const cycles: string[] = []
  const visit = (path: string, chain: string[]): void => {
    const known = chain.indexOf(path)
    if (known >= 0) cycles.push([...chain.slice(known), path].join(' -> '))
    const source = byPath.get(path)
    if (known >= 0 || finished.has(path) || source === undefined) return
    for (const target of importsOf(source)) visit(target, [...chain, path])
    finished.add(path)
  }
  for (const { path } of sources) visit(path, [])
  return cycles
}

/** Files of `candidates` that no root leads to. */
export function findUnreachable(
  sources: SourceFile[],
  roots: string[],
  candidates: string[],
): string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]))
  const reached = new Set<string>()
  const waiting = [...roots]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const source = byPath.get(path)
    if (source === undefined || reached.has(path)) continue
    reached.add(path)
    waiting.push(...targetsOf(source))
  }
  return candidates.filter((path) => !reached.has(path))
}

/** What running `root` loads beside our files: packages and modules of Node, each with the file that asks for it. */
export function findLoadedPackages(sources: SourceFile[], root: string): Map<string, string> {
  const byPath = new Map(sources.map((source) => [source.path, source]))
  const reached = new Set<string>()
  const packages = new Map<string, string>()
  const waiting = [root]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue
    reached.add(path)
    for (const { specifier, target, runs, isType } of byPath.get(path)?.imports ?? []) {
      if (runs || isType) continue
      if (target === undefined) packages.set(specifier, path)
      else waiting.push(target)
    }
  }
  return packages
}
