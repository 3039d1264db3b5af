/**
 * `GET /v1/<objects>`: newest first, in pages. An object's ordinal is its place, so a page starts where it should
 * without reading the ones before it.
 */
import type { Params } from '../http/params.ts'
import type { Kind, Records, Version } from '../store/records.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalid } from './errors.ts'
import { type Operation, operation, type Reply } from './operation.ts'

const LIMIT_DEFAULT = 10
const LIMIT_MAX = 100

export type Page = {
  readonly limit: number
  readonly after: string | undefined
  readonly before: string | undefined
  readonly created: readonly ((seconds: number) => boolean)[]
  /** no object older than this is wanted */
  readonly since: number
}

type ListOf<K extends Kind, F> = {
  readonly kind: K
  readonly name: string
  readonly path: string
  filter(params: Params): F
  matches(record: Records[K], filter: F, tx: Transaction): boolean
  /** a shorter way to the candidates than the whole table, newest first */
  candidates?(tx: Transaction, filter: F): Iterable<Records[K]> | undefined
}

export function list<K extends Kind, F>(one: ListOf<K, F>): Operation {
  return operation({
    name: `${one.name}.list`,
    method: 'GET',
    path: one.path,
    read: (params) => ({ page: readPage(params), filter: one.filter(params) }),
    run: (tx, { page, filter }): Reply => {
      const at = (id: string | undefined, param: string) =>
        id === undefined ? undefined : tx.get(one.kind, id, param).n
      const after = at(page.after, 'starting_after')
      const before = at(page.before, 'ending_before')
      const isBackwards = before !== undefined
      const records =
        one.candidates?.(tx, filter) ??
        (isBackwards ? tx.state.oldest(one.kind, before) : tx.state.newest(one.kind, after))
      const found: Version[] = []
      for (const record of records) {
        if (!isBackwards && record.created < page.since) break
        if (after !== undefined && record.n >= after) continue
        if (before !== undefined && record.n <= before) continue
        if (!page.created.every((holds) => holds(record.created))) continue
        if (!one.matches(record, filter, tx)) continue
        found.push({ kind: one.kind, record } as Version)
        if (found.length > page.limit) break
      }
      const hasMore = found.length > page.limit
      const shown = found.slice(0, page.limit)
      return { list: isBackwards ? shown.reverse() : shown, hasMore }
    },
  })
}

export function readPage(params: Params): Page {
  const limit = params.integer('limit') ?? LIMIT_DEFAULT
  if (limit < 1 || limit > LIMIT_MAX)
    throw invalid(`This value must be between 1 and ${LIMIT_MAX}.`, 'limit')
  const after = params.text('starting_after')
  const before = params.text('ending_before')
  if (after !== undefined && before !== undefined)
    throw invalid('You can only provide one of: starting_after, ending_before.')
  return { limit, after, before, ...readCreated(params) }
}

/** `created=1` or `created[gte]=1`. */
function readCreated(params: Params): Pick<Page, 'created' | 'since'> {
  const exact = params.raw('created')
  if (exact === undefined) return { created: [], since: 0 }
  if (typeof exact === 'string') {
    const seconds = Number(exact)
    if (!Number.isInteger(seconds)) throw invalid('Invalid timestamp', 'created')
    return { created: [(created) => created === seconds], since: seconds }
  }
  const range = params.nested('created')
  const created: ((seconds: number) => boolean)[] = []
  const [gt, gte] = [range?.integer('gt'), range?.integer('gte')]
  const [lt, lte] = [range?.integer('lt'), range?.integer('lte')]
  if (gt !== undefined) created.push((seconds) => seconds > gt)
  if (gte !== undefined) created.push((seconds) => seconds >= gte)
  if (lt !== undefined) created.push((seconds) => seconds < lt)
  if (lte !== undefined) created.push((seconds) => seconds <= lte)
  return { created, since: Math.max(gt ?? 0, gte ?? 0) }
}
