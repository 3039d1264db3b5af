import type pg from 'pg'
import { exactTypes, type Queryable, type Statement } from './db.ts'

/** A pool of node-postgres, or one that speaks as it does; whoever opened it closes it. */
export type PoolLike = {
  query(statement: {
    name?: string
    text: string
    values?: unknown[]
    types?: pg.CustomTypesConfig
    query_timeout?: number
  }): Promise<{ rows: unknown[]; rowCount: number | null }>
}

/** Asks through somebody else's pool, whose settings are not ours to make. */
export function queryThrough(
  pool: PoolLike,
  bounds: {
    /** false: nothing is left prepared on a connection, as poolers by transaction ask for */
    isNamed: boolean
    /** an answer that takes longer is not waited for, and its connection is given up */
    answerMsMax: number
  },
): Queryable {
  return {
    query: async <Row extends object>({ name, text, values }: Statement) => {
      const { rows, rowCount } = await pool.query({
        ...(bounds.isNamed && { name }),
        ...(values && { values }),
        ...{ text, types: exactTypes, query_timeout: bounds.answerMsMax },
      })
      return { rows: rows as Row[], count: rowCount ?? 0 }
    },
  }
}
