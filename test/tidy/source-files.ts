import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path/posix'
import { fileURLToPath } from 'node:url'
import { type Lexed, lex, lineAt } from './lexer.ts'

export const root = fileURLToPath(new URL('../../', import.meta.url))

/**
 * `target` is the file meant by a relative specifier; `runs` says that it is only named, to be started elsewhere;
 * `isType` that nothing is loaded.
 */
export type Import = {
  specifier: string
  line: number
  target?: string
  runs: boolean
  isType: boolean
}
export type SourceFile = Lexed & {
  path: string
  text: string
  lineCount: number
  imports: Import[]
}

/** What git tracks or would track, with / between folders, so that a new file is checked before it is added. */
export function listFiles(): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z']
  const listed = execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 })
  return [...new Set(listed.split('\0'))]
    .filter((path) => path && existsSync(join(root, path)))
    .sort()
}

export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

const importStatement =
  /(?:^|[\n;])\s*(?:import|export)\s(?:[^'"`;]*?\sfrom\s*)?["']([^"'\n]+)["']|\bimport\(\s*["']([^"'\n]+)["']|new URL\(\s*["'](\.[^"'\n]+\.ts)["'],\s*import\.meta\.url|import\.meta\.resolve\(\s*["']([^"'\n]+)["']/g

export function readSource(path: string): SourceFile {
  return parseSource(path, readText(path))
}

export function parseSource(path: string, text: string): SourceFile {
  const lexed = lex(text)
  const imports = [...lexed.code.matchAll(importStatement)].flatMap((match): Import[] => {
    const [, written, awaited, ...named] = match
    const runs = named.some((group) => group !== undefined)
    const specifier = written ?? awaited ?? named.find((group) => group !== undefined)
    if (specifier === undefined) return []
    const line = lineAt(lexed.code, match.index + match[0].length)
    const isType = /^[\n;]?\s*(?:import|export)\s+type\s/.test(match[0])
    if (!specifier.startsWith('.')) return [{ specifier, line, runs, isType }]
    return [{ specifier, line, runs, isType, target: normalize(join(dirname(path), specifier)) }]
  })
  return { ...lexed, path, text, imports, lineCount: text.split('\n').length - 1 }
}

export const isTest = (path: string) => path.endsWith('.test.ts')

/** Made by a program from the database; never edited by hand. */
export const generatedFiles: ReadonlySet<string> = new Set(['src/store/schema.ts'])
