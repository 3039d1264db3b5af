import type { Queryable } from './db.ts'

/** Resolves when the database answers from our own schema. @throws the database's error */
export async function pingDatabase(database: Queryable): Promise<void> {
  await database.query({ name: 'ping', text: 'select 1 from clock_offset' })
}
