/**
 * Lists: rows of one merchant and mode, newest first, a page at a time. The page begins below an id, never at an
 * offset, so that a page costs the same however deep it lies.
 */
import type { Queryable } from './db.ts'

/** Whose rows: every question a caller asks carries it. */
export type Scope = { merchantId: string; livemode: boolean }
export type PageOptions = { limit: number; before: string | undefined }
export type Page<Item> = { items: Item[]; nextCursor: string | undefined }

/** A condition on a list. `name` tells its statement from the others; `sql` has `?` where the value goes. */
export type Condition = { name: string; sql: string; value?: unknown }

export type List = {
  name: string
  /** `select ... from ...`; owner columns and the id are those of alias `t`, unless `key` says otherwise */
  select: string
  key?: string
}

/** The condition, when there is a value to compare with. */
export function when(value: unknown, name: string, sql: string): Condition[] {
  return value === undefined ? [] : [{ name, sql, value }]
}

export async function listPage<Row extends object>(
  database: Queryable,
  list: List,
  scope: Scope,
  page: PageOptions,
  options: { conditions: Condition[]; keyOf: (row: Row) => string },
): Promise<Page<Row>> {
  const key = list.key ?? 't.id'
  const conditions = [...options.conditions, ...when(page.before, 'before', `${key} < ?`)]
  const values: unknown[] = [scope.merchantId, scope.livemode, page.limit + 1]
  const clauses = conditions.map(({ sql, value }) => {
    if (!sql.includes('?')) return sql
    values.push(value)
    return sql.replaceAll('?', `$${values.length}`)
  })
  const { rows } = await database.query<Row>({
    name: [list.name, ...conditions.map((condition) => condition.name)].join('_'),
    text: `${list.select} where ${['t.merchant_id = $1', 't.livemode = $2', ...clauses].join(' and ')}
      order by ${key} desc limit $3`,
    values,
  })
  return cutPage(rows, page.limit, options.keyOf)
}

/** One row more than the page was read: it says that there is a next page, and is not shown. */
export function cutPage<Row>(rows: Row[], limit: number, keyOf: (row: Row) => string): Page<Row> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, nextCursor: rows.length > limit && last !== undefined ? keyOf(last) : undefined }
}
