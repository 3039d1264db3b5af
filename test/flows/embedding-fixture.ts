import { type IntakeAnswer, type IntakeOptions, openIntake } from '../../edge/intake.ts'
import { openDatabase } from '../../src/store/db.ts'
import { openIdSource } from '../../src/store/new-id.ts'
import { ensureEnvironmentAccount } from '../../src/store/provider-accounts.ts'
import { createTestDatabase } from '../support/database.ts'
import { SECRET, sign } from './intake-fixture.ts'

/** A database as the first start of a server leaves it, its signing secret stored with the account. */
export async function openHome() {
  const test = await createTestDatabase()
  const db = openDatabase({ url: test.url, poolSize: 2, applicationName: 'test' })
  await db.transaction((tx) =>
    ensureEnvironmentAccount(tx, {
      provider: 'stripe',
      merchantName: 'Test',
      livemode: undefined,
      configuredSecretsPresent: false,
      newSecret: () => SECRET,
      newId: openIdSource(),
    }),
  )
  const countOf = async (table: string): Promise<number> => {
    const name = `test_count_${table}`
    const { rows } = await db.query<{ count: number }>({
      name,
      text: `select count(*)::integer as count from ${table}`,
    })
    return rows[0]?.count ?? 0
  }
  const close = async () => {
    await db.close()
    await test[Symbol.asyncDispose]()
  }
  return { url: test.url, db, countOf, [Symbol.asyncDispose]: close }
}

/** An intake whose log is kept. */
export function openLoggedIntake(options: IntakeOptions) {
  const lines: { message: string; fields: object }[] = []
  const write = (fields: object, message: string) => lines.push({ message, fields })
  const intake = openIntake({ log: { info: write, error: write }, ...options })
  return { ...intake, lines }
}

export function signed(body: string | Buffer, more: Record<string, string> = {}) {
  return { 'content-type': 'application/json', 'stripe-signature': sign(body), ...more }
}

/** A Request as frameworks hand it over. */
export function requestOf(
  body: string | Buffer,
  headers: Record<string, string> = signed(body),
): Request {
  const bytes = typeof body === 'string' ? body : new Uint8Array(body)
  return new Request('http://localhost/webhooks/stripe', { method: 'POST', body: bytes, headers })
}

export const jsonOf = (answer: IntakeAnswer): Record<string, unknown> => JSON.parse(answer.body)
