import type { Queryable } from './db.ts'

/**
 * What this database goes by until it is restored: another text after any restore, however it was done, because the
 * server was started, or the database or the table was made, anew. Restarts of the server change it as well.
 */
export async function readIncarnation(database: Queryable): Promise<string> {
  const { rows } = await database.query<{ incarnation: string }>({
    name: 'incarnation',
    text: `select concat_ws(' ', extract(epoch from pg_postmaster_start_time()), d.oid,
        pg_relation_filenode('idempotency_keys')) as incarnation
      from pg_database d where d.datname = current_database()`,
  })
  const incarnation = rows[0]?.incarnation
  if (incarnation === undefined) throw new Error('the database told nothing of itself')
  return incarnation
}
