import { lineAt } from './lexer.ts'
import type { SourceFile } from './source-files.ts'

/** Time and chance, which a pure function is handed. `new Date(value)` only converts, and is fine. */
const timeOrChance =
  /\bnew\s+Date\s*(?:\(\s*\)|(?!\s*\())|\bDate\s*\.\s*now\b|\bMath\s*\.\s*random\b|\brandomUUID\b|\bimport\s*\{[^}]*\brandom\w+[^}]*\}\s*from\s*'node:crypto'|\bgetRandomValues\b|\bperformance\s*\.\s*now\b/g

const pureFolder = /^src\/(?:domain|ledger|providers)\//

export function findImpurity(sources: SourceFile[]): string[] {
  return sources
    .filter(({ path }) => pureFolder.test(path))
    .flatMap(({ path, code }) =>
      [...code.matchAll(timeOrChance)].map(
        ({ 0: found, index }) => `${path}:${lineAt(code, index)} uses ${found}; have it handed in`,
      ),
    )
}

/**
 * Only one file of a program reads the environment, so that every setting is checked, documented and in one list.
 * The sandbox is a program of its own: it runs without Payonce and may not import its configuration.
 */
const environmentReaders = ['src/config/env.ts', 'sandbox/environment.ts']

export function findEnvironmentReads(sources: SourceFile[]): string[] {
  return sources
    .filter(({ path }) => !environmentReaders.includes(path))
    .flatMap(({ path, code }) => {
      const at = code.search(
        /\bprocess\s*(?:\?\.|\.)\s*env\b|\{[^}]*\benv\b[^}]*\}\s*(?:=\s*process\b|from\s*['"](?:node:)?process['"])/,
      )
      return at < 0
        ? []
        : [
            `${path}:${lineAt(code, at)} reads process.env; only ${environmentReaders.join(' and ')} may`,
          ]
    })
}
