/** What the database server says about itself. */
import type { Queryable } from './db.ts'

export type ServerFacts = {
  /** 180004 for 18.4 */
  versionNumber: number
  version: string
  settings: Record<string, string>
  /** connections of programs to the whole server just now */
  connectionCount: number
  /** how many this role, and this database, may have; -1 is without limit */
  roleConnectionsMax: number
  databaseConnectionsMax: number
}

const settingNames = [
  'fsync',
  'full_page_writes',
  'synchronous_commit',
  'max_connections',
  'superuser_reserved_connections',
  'reserved_connections',
]

export async function readServerFacts(database: Queryable): Promise<ServerFacts> {
  const { rows } = await database.query<ServerFacts>({
    name: 'server_facts',
    text: `select current_setting('server_version_num')::int as "versionNumber",
      current_setting('server_version') as version,
      (select json_object_agg(name, setting) from pg_settings where name = any($1::text[])) as settings,
      (select coalesce(sum(numbackends), 0) from pg_stat_database)::int as "connectionCount",
      (select rolconnlimit from pg_roles where rolname = current_user) as "roleConnectionsMax",
      (select datconnlimit from pg_database where datname = current_database()) as "databaseConnectionsMax"`,
    values: [settingNames],
  })
  const facts = rows[0]
  if (facts === undefined) throw new Error('the database told nothing of itself')
  return facts
}
