import type { Literal } from './lexer.ts'
import type { SourceFile } from './source-files.ts'

/** A literal that reads as a statement: the keyword alone also begins English sentences. */
const statement =
  /^\s*(?:select\s[\s\S]*?\sfrom\s|select\s+[\w.]+\(|insert\s+into\s|update\s+[\w."]+\s+(?:as\s+\w+\s+)?set\s|delete\s+from\s|merge\s+into\s|with\s+(?:recursive\s+)?\w+\s*(?:\([^)]*\)\s*)?as\s+(?:(?:not\s+)?materialized\s+)?\(|(?:begin|commit|rollback)\s*(?:;|$|transaction\b)|(?:create|alter|drop)\s+(?:or\s+replace\s+)?(?:table|index|role|schema|function|type|database|sequence|view)\s|truncate\s+(?:table\s)?\w|set\s+(?:local|session)\s|lock\s+table\s|listen\s+\w+$|notify\s+\w+)/i

export const isSql = ({ text }: Literal) =>
  statement.test(text) && !/^(?:begin|commit|rollback)$/.test(text.trim())

/** The database's own clocks. Tests move `payonce_clock()`; nothing else can be moved. */
const clock =
  /\b(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\(\s*\)|\b(?:current_(?:timestamp|date|time)|localtime(?:stamp)?)\b/i

/** A lock that outlives its transaction stays behind a pooled connection. */
const sessionLock = /\bpg_(?:try_)?advisory_(?:lock|unlock)(?:_shared|_all)?\s*\(/i

const sqlFolder = /^src\/(?:store|embedded)\//

export function findStraySql(sources: SourceFile[]): string[] {
  return sources
    .filter(({ path }) => !sqlFolder.test(path))
    .flatMap(({ path, literals }) =>
      literals
        .filter(isSql)
        .map(({ text, line }) => `${path}:${line} holds SQL: ${text.trim().slice(0, 60)}`),
    )
}

export function findSqlClocks(sources: SourceFile[]): string[] {
  return sources
    .filter(({ path }) => sqlFolder.test(path))
    .flatMap(({ path, literals }) =>
      literals
        .filter(({ text }) => clock.test(text))
        .map(({ line, text }) => `${path}:${line} calls ${clock.exec(text)?.[0]} in SQL`),
    )
}

export function findSessionLocks(files: Array<{ path: string; text: string }>): string[] {
  return files.flatMap(({ path, text }) => {
    const found = sessionLock.exec(text)
    return found === null ? [] : [`${path} takes a session lock: ${found[0]}`]
  })
}

const clockDefinition =
  /create\s+(?:or\s+replace\s+)?function\s+payonce_clock\b[\s\S]*?\$\$[\s\S]*?\$\$/gi
const sqlComment = /--[^\n]*|\/\*[\s\S]*?\*\//g

/** Clocks in a migration, except where `payonce_clock` is defined by one. */
export function findMigrationClocks(path: string, text: string): string[] {
  const found = clock.exec(text.replace(sqlComment, '').replace(clockDefinition, ''))
  return found === null ? [] : [`${path} calls ${found[0]}; call payonce_clock()`]
}
