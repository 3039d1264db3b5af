import { Client, escapeIdentifier, escapeLiteral } from 'pg'
import type { DataFolder } from './data-folder.ts'
import { createPassword, findPassword } from './password.ts'

const ROLE = 'payonce'
const DATABASE = 'payonce'

export interface Access {
  port: number
  superuserPassword: string
}

/**
 * Payonce does not work as superuser: what a migration revokes must really be refused. The role may
 * create databases, which the tests do. Every step looks first, so an interrupted start is finished
 * by the next one.
 */
export async function ensureRole(folder: DataFolder, access: Access): Promise<string> {
  const client = new Client({
    host: '127.0.0.1',
    port: access.port,
    user: 'postgres',
    password: access.superuserPassword,
    database: 'postgres',
  })
  await client.connect()
  try {
    const known = await findPassword(folder.rolePassword)
    const password = known ?? (await createPassword(folder, folder.rolePassword))
    const hasRole = await exists(client, 'select 1 from pg_roles where rolname = $1', ROLE)
    // A deleted password file is replaced; the role follows it.
    if (!hasRole || known === undefined) {
      const verb = hasRole ? 'alter' : 'create'
      await client.query(
        `${verb} role ${escapeIdentifier(ROLE)} login createdb password ${escapeLiteral(password)}`,
      )
    }
    if (!(await exists(client, 'select 1 from pg_database where datname = $1', DATABASE))) {
      await client.query(
        `create database ${escapeIdentifier(DATABASE)} owner ${escapeIdentifier(ROLE)}`,
      )
    }
    return urlFor(access.port, password)
  } finally {
    await client.end()
  }
}

export function urlFor(port: number, password: string): string {
  return `postgres://${ROLE}:${encodeURIComponent(password)}@127.0.0.1:${port}/${DATABASE}`
}

async function exists(client: Client, question: string, name: string): Promise<boolean> {
  return (await client.query(question, [name])).rowCount === 1
}
