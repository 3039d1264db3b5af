import { randomBytes } from 'node:crypto'
import {
  dropDatabase,
  openTestServer,
  runSql,
  TEMPLATE_DATABASE,
  urlOfDatabase,
} from './test-server.ts'

export interface TestDatabase extends AsyncDisposable {
  url: string
}

/** A migrated database of its own for one test, a copy of the template. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return createDatabase(`template ${TEMPLATE_DATABASE}`)
}

/** For tests of the migrations themselves. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return createDatabase('')
}

async function createDatabase(options: string): Promise<TestDatabase> {
  const serverUrl = await findServer()
  const name = `test_${randomBytes(8).toString('hex')}`
  await runSql(serverUrl, `create database ${name} ${options}`)
  return {
    url: urlOfDatabase(serverUrl, name),
    [Symbol.asyncDispose]: async () => {
      await dropDatabase(serverUrl, name)
    },
  }
}

let ownServer: Promise<string> | undefined

/** A single file run without the global setup starts a server for itself. */
function findServer(): Promise<string> {
  const shared = process.env.PAYONCE_TEST_DATABASE_URL
  if (shared !== undefined && shared !== '') return Promise.resolve(shared)
  ownServer ??= openTestServer().then((server) => {
    process.once('beforeExit', () => void server.close())
    return server.url
  })
  return ownServer
}
