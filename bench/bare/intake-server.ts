/**
 * The bare webhook server: `node intake-server.ts <one|batched|verify> <port> <database url> <secret>`. It reads a
 * body, checks its signature, stores it or not, and answers. No limits, no log, no accounts, no explanations.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import pg from 'pg'
import { openIdSource } from '../../src/store/new-id.ts'
import { type StoreEvent, storeInBatches, storeOneByOne } from './store-events.ts'

const POOL_SIZE = 10
const [mode, port, url, secret = ''] = process.argv.slice(2)
const pool = new pg.Pool({ connectionString: url, max: POOL_SIZE })
const newId = openIdSource()
const store: StoreEvent | undefined =
  mode === 'one' ? storeOneByOne(pool) : mode === 'batched' ? storeInBatches(pool) : undefined

async function accept(request: IncomingMessage): Promise<number> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  if (request.method === 'GET') return 200
  if (!isSigned(body, String(request.headers['stripe-signature']))) return 400
  if (store === undefined) return 200
  const { id: eventId, type } = JSON.parse(body.toString('utf8')) as { id: string; type: string }
  const digest = createHash('sha256').update(eventId).digest('hex').slice(0, 32)
  await store({ id: newId('inboxEvent'), eventId, digest, type, body })
  return 200
}

function isSigned(body: Buffer, header: string): boolean {
  const { t = '', v1 = '' } = Object.fromEntries(header.split(',').map((part) => part.split('=')))
  const expected = createHmac('sha256', secret).update(`${t}.`).update(body).digest()
  const given = Buffer.from(v1, 'hex')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

const server = createServer((request, response) => {
  accept(request).then(
    (status) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"received":true}'),
    (error: unknown) => {
      console.error(error)
      response.writeHead(500).end()
    },
  )
})
server.listen(Number(port), '127.0.0.1')
process.once('SIGTERM', () => process.exit(0))
