import type { SourceFile } from './source-files.ts'

/**
 * ARCHITECTURE.md, section "Layout", as a list. A folder may import from itself and from the rows above it;
 * folders of one row do not know each other.
 */
const layers: ReadonlyArray<readonly string[]> = [
  ['domain'],
  ['store'],
  ['ledger', 'outbox', 'revenue', 'audit'],
  ['payments', 'access', 'vault'],
  ['inbox', 'reconciliation', 'deliveries', 'sagas'],
  ['doctor', 'handlers', 'cache'],
  ['http', 'cli', 'workers'],
  ['app'],
  ['main', 'index'],
]

/** Folders beside the order: what they may import, and who may import them. */
const beside: Record<
  string,
  { imports: readonly string[]; importedBy: readonly string[] | 'all' }
> = {
  config: { imports: ['domain'], importedBy: ['cli', 'app', 'main'] },
  telemetry: { imports: ['domain'], importedBy: 'all' },
  embedded: { imports: ['telemetry'], importedBy: ['cli', 'app'] },
  providers: {
    imports: ['domain', 'telemetry'],
    importedBy: ['payments', 'inbox', 'reconciliation', 'cli', 'app', 'main', 'index'],
  },
}

/** `src/ledger/post.ts` is of `ledger`, `src/app.ts` and `src/app/http.ts` are of `app`. */
export function folderOf(path: string): string {
  return (path.split('/')[1] ?? '').replace(/(?:\.d)?\.ts$/, '')
}

const rankOf = (folder: string) => layers.findIndex((layer) => layer.includes(folder))

function mayImport(from: string, to: string): boolean {
  if (from === to) return true
  const fromRule = beside[from]
  if (fromRule !== undefined && !fromRule.imports.includes(to)) return false
  const toRule = beside[to]
  if (toRule === undefined) return fromRule !== undefined || rankOf(to) < rankOf(from)
  if (toRule.importedBy === 'all') return from !== 'domain'
  return toRule.importedBy.includes(from)
}

export function findUnknownFolders(sources: SourceFile[]): string[] {
  const folders = new Set(sources.map(({ path }) => folderOf(path)))
  return [...folders].filter((folder) => rankOf(folder) < 0 && beside[folder] === undefined)
}

/** Imports of types count too: a folder that needs a type of a higher one is in the wrong place. */
export function findWrongImports(sources: SourceFile[]): string[] {
  return sources.flatMap(({ path, imports }) =>
    imports.flatMap(({ target, line }) => {
      if (target === undefined) return []
      const from = folderOf(path)
      const to = target.startsWith('src/') ? folderOf(target) : target
      if (target.startsWith('src/') && mayImport(from, to)) return []
      if (target === 'package.json') return []
      return [`${path}:${line} imports ${target}: ${from} may not import ${to}`]
    }),
  )
}

/** The sandbox stands in for the outside world, so all it may share with us are words. */
export function findSandboxImports(sources: SourceFile[]): string[] {
  return sources.flatMap(({ path, imports }) =>
    imports
      .filter(({ target }) => target?.startsWith('src/') && !target.startsWith('src/domain/'))
      .map(({ target, line }) => `${path}:${line} imports ${target}: only src/domain is allowed`),
  )
}

/** Folders, and single files of higher ones, that the mounted intake is made of. */
const edgeMayImport =
  /^(?:edge|src\/(?:inbox|providers|store|domain|telemetry))\/|^src\/http\/(?:problem|request-ids|drain-refused)\.ts$|^src\/workers\/wake-ups\.ts$/

/** Mounted in somebody's function, the intake brings nothing of the server, its settings or its duties. */
export function findEdgeImports(sources: SourceFile[]): string[] {
  return sources.flatMap(({ path, imports }) =>
    imports
      .filter(({ target }) => target !== undefined && !edgeMayImport.test(target))
      .map(({ target, line }) => `${path}:${line} imports ${target}, which is not of the intake`),
  )
}
