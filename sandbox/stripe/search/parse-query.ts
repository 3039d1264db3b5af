/**
 * Stripe's search language: `status:"succeeded" AND metadata["order"]:"7"`, with `-` before a clause for not, `~` for
 * a part of a text, `<`, `>`, `<=`, `>=` for numbers, and AND or OR between clauses, but not both.
 */
import { invalid } from '../errors.ts'

type Read<R> = (record: R, field: string) => string | number | undefined

const clause =
  /^\s*(-)?([a-z_]+(?:\[(?:"[^"]*"|'[^']*')\])?)\s*(:|~|<=|>=|<|>)\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|null|-?\d+)/
const CLAUSE_COUNT_MAX = 10

export function parseQuery<R>(query: string, read: Read<R>): (record: R) => boolean {
  const tests: ((record: R) => boolean)[] = []
  const joiners = new Set<string>()
  let rest = query
  for (;;) {
    const found = clause.exec(rest)
    if (found === null) throw invalid('We were unable to parse your search query.', 'query')
    tests.push(toTest(found, read))
    rest = rest.slice(found[0].length)
    if (rest.trim() === '') break
    const joiner = /^\s+(AND|OR)\s+/i.exec(rest) ?? /^(\s+)(?=\S)/.exec(rest)
    if (joiner === null || tests.length === CLAUSE_COUNT_MAX)
      throw invalid('We were unable to parse your search query.', 'query')
    joiners.add((joiner[1] ?? '').trim().toUpperCase() || 'AND')
    rest = rest.slice(joiner[0].length)
  }
  if (joiners.size > 1) throw invalid('AND and OR cannot be used in one query.', 'query')
  return joiners.has('OR')
    ? (record) => tests.some((test) => test(record))
    : (record) => tests.every((test) => test(record))
}

function toTest<R>(found: RegExpExecArray, read: Read<R>): (record: R) => boolean {
  const [, not, field = '', operator = ':', literal = ''] = found
  const isQuoted = /^["']/.test(literal)
  const value = isQuoted ? literal.slice(1, -1).replaceAll(/\\(.)/g, '$1') : literal
  const isNull = !isQuoted && literal === 'null'
  return (record) => {
    const present = read(record, field)
    const holds = isNull ? present === undefined : compare(present, operator, value)
    return not === undefined ? holds : !holds
  }
}

function compare(present: string | number | undefined, operator: string, value: string): boolean {
  if (present === undefined) return false
  if (operator === ':') return String(present).toLowerCase() === value.toLowerCase()
  if (operator === '~') return String(present).toLowerCase().includes(value.toLowerCase())
  const [left, right] = [Number(present), Number(value)]
  if (operator === '<') return left < right
  if (operator === '>') return left > right
  return operator === '<=' ? left <= right : left >= right
}
