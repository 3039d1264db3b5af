import { isConnectionLost } from './database-fault.ts'
import type { Queryable } from './db.ts'

/**
 * Runs a statement once more when its connection turned out to be dead, as those of a process that was suspended
 * between two requests are. Only for statements that may run twice: whether the first took effect is unknown.
 */
export function repeatWhenLost(db: Queryable): Queryable {
  return {
    query: async (statement) => {
      try {
        return await db.query(statement)
      } catch (error) {
        if (!isConnectionLost(error)) throw error
        return db.query(statement)
      }
    },
  }
}
