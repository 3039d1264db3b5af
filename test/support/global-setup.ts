import { openTestServer, type TestServer } from './test-server.ts'

let server: TestServer | undefined

/** One server for the whole run; the files' processes inherit its address. */
export async function globalSetup(): Promise<void> {
  server = await openTestServer()
  process.env.PAYONCE_TEST_DATABASE_URL = server.url
}

export async function globalTeardown(): Promise<void> {
  await server?.close()
}
