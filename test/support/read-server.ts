/** A server with the read routes over an inbox full of histories, and keys of several merchants and modes. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createApiKey, createAuthenticate } from '../../src/access/api-keys.ts'
import { readRoutes } from '../../src/app/read-routes.ts'
import { repairRoutes } from '../../src/app/repair-routes.ts'
import { openapi } from '../../src/http/openapi.ts'
import { apiDocs } from '../../src/http/routes/api-docs.ts'
import { createServer } from '../../src/http/server.ts'
import { openIdSource } from '../../src/store/new-id.ts'
import { merchantId, openInbox } from './inbox.ts'
import { seededRandom } from './random.ts'
import { makeHistory } from './stripe-history.ts'

export type Answer = { status: number; body: Body; text: string; headers: Body }
// Answers are looked into field by field; their shape is what the tests are about.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Body = any

const silent = { debug() {}, info() {}, warn() {}, error() {} }
export const otherMerchantId = 'mer_00000000000000000000000002'

export async function openReadServer() {
  const inbox = await openInbox()
  const { database } = inbox
  await database.query({
    name: 'seed_other_merchant',
    text: `insert into merchants values ($1, 'Other', payonce_clock())`,
    values: [otherMerchantId],
  })
  const newId = openIdSource()
  const keyOf = (owner: { merchantId: typeof merchantId; livemode: boolean }) =>
    database.transaction(async (tx) => (await createApiKey(tx, newId, owner)).keyText)
  const keys = {
    own: await keyOf({ merchantId, livemode: false }),
    otherMode: await keyOf({ merchantId, livemode: true }),
    otherMerchant: await keyOf({ merchantId: otherMerchantId as never, livemode: false }),
  }
  let requestCount = 0
  const wakeUps: number[] = []
  const app = createServer({
    log: silent,
    authenticate: createAuthenticate({ database }),
    newRequestId: () => `req_${requestCount++}`,
    recordRequest: () => {},
    routes: [
      openapi({ version: '0.0.0' }),
      ...readRoutes({ database }),
      ...repairRoutes({
        reads: database,
        hot: database,
        newId,
        wake: () => wakeUps.push(Date.now()),
        wakeReplayer: () => {},
      }),
      apiDocs({ version: '0.0.0' }),
    ],
  })
  const ask = async (
    path: string,
    options: {
      key?: keyof typeof keys | undefined
      method?: 'GET' | 'POST'
      body?: object
    } = {},
  ): Promise<Answer> => {
    const answer = await app.inject({
      method: options.method ?? 'GET',
      url: path,
      headers: { authorization: `Bearer ${keys[options.key ?? 'own']}` },
      ...(options.body && { payload: options.body }),
    })
    const isJson = String(answer.headers['content-type']).includes('json')
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text: answer.body,
      body: isJson ? JSON.parse(answer.body) : undefined,
    }
  }
  const fill = async (seed: number, count: number) => {
    const random = seededRandom(seed)
    const events = Array.from({ length: count }, (_, index) => makeHistory(random, index))
    await inbox.store(events.flatMap((history) => history.events))
    await inbox.drain()
  }
  /** Rows of the database, for what an answer has to agree with. */
  const sql = async (text: string, values: unknown[] = []): Promise<Body[]> => {
    const name = `test_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
    return (await database.query<Body>({ name, text, values })).rows
  }
  /** Every item of a list, page by page. */
  const readAll = async (path: string, limit: number): Promise<Body[]> => {
    const items: Body[] = []
    let cursor: string | null = null
    do {
      const after: string = cursor === null ? '' : `&cursor=${cursor}`
      const separator = path.includes('?') ? '&' : '?'
      const { status, body } = await ask(`${path}${separator}limit=${limit}${after}`)
      assert.equal(status, 200, JSON.stringify(body))
      assert.ok(body.items.length <= limit)
      items.push(...body.items)
      cursor = body.next_cursor
    } while (cursor !== null)
    return items
  }
  return {
    ...inbox,
    app,
    keys,
    wakeUps,
    ask,
    fill,
    sql,
    readAll,
    [Symbol.asyncDispose]: async () => {
      await app.close()
      await inbox[Symbol.asyncDispose]()
    },
  }
}
