/** The examples of the guide, mounted as their frameworks would mount them. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import Fastify from 'fastify'
import { nodeHandler } from '../../edge/intake.ts'
import { openHome, openLoggedIntake, requestOf, signed } from './embedding-fixture.ts'
import { deliver, eventBody, SECRET, sign } from './intake-fixture.ts'

const repository = resolve(import.meta.dirname, '../..')
const good = eventBody('evt_1')
/** As Stripe sends it, so that parsing it and writing it out again changes it. */
const pretty = JSON.stringify(JSON.parse(good), null, 2)

/** The examples read their settings when they are loaded, as an application does. */
async function openHomeFor(t: TestContext) {
  const home = await openHome()
  t.after(() => home[Symbol.asyncDispose]())
  process.env.DATABASE_URL = home.url
  process.env.STRIPE_WEBHOOK_SECRET = SECRET
  return home
}

async function listen(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/stripe`
}

/** The part of Express that matters here: middleware by turns, on Node's own request and response. */
type Middleware = (request: IncomingMessage & { body?: unknown }) => Promise<void>
const runFirst =
  (middleware: Middleware, then: RequestListener): RequestListener =>
  (request, response) =>
    void middleware(request).then(() => then(request, response))

const raw: Middleware = async (request) => {
  request.body = await buffer(request)
}
const json: Middleware = async (request) => {
  await raw(request)
  request.body = JSON.parse(String(request.body))
}

test('Fastify: the example takes raw bytes, and the rest of the application keeps its parsers', async (t) => {
  const home = await openHomeFor(t)
  const { stripeWebhooks } = await import('../../edge/examples/fastify.ts')
  const app = Fastify()
  await app.register(stripeWebhooks)
  app.post('/echo', async (request) => request.body)
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  t.after(() => app.close())
  const url = `${address}/webhooks/stripe`
  assert.deepEqual((await deliver(url, pretty)).body, { received: true })
  assert.equal((await deliver(url, pretty)).body.duplicate, true)
  const forged = { 'stripe-signature': sign(pretty, 'whsec_other') }
  const refused = await deliver(url, pretty, forged)
  assert.deepEqual([refused.status, refused.body.code], [400, 'signature_mismatch'])
  assert.equal(refused.headers.get('content-type'), 'application/problem+json')
  const tooLarge = await deliver(url, Buffer.alloc(10 * 1024 * 1024 + 1))
  assert.deepEqual([tooLarge.status, tooLarge.body.code], [413, 'body_too_large'])
  assert.deepEqual((await deliver(`${address}/echo`, '{"a":1}')).body, { a: 1 })
  assert.equal(await home.countOf('inbox_events'), 1)
})

test('Express: the example stores what arrives before any parser', async (t) => {
  const home = await openHomeFor(t)
  const { mountIntake } = await import('../../edge/examples/express.ts')
  const routes = new Map<string, RequestListener>()
  mountIntake({ post: (path, handler) => routes.set(path, (...both) => void handler(...both)) })
  const url = await listen(t, (request, response) => {
    routes.get(request.url ?? '')?.(request, response)
  })
  assert.deepEqual((await deliver(url, pretty)).body, { received: true })
  assert.equal((await deliver(url, pretty)).body.duplicate, true)
  assert.equal((await deliver(url, pretty, { 'stripe-signature': 't=1' })).status, 400)
  const tooLarge = await deliver(url, Buffer.alloc(10 * 1024 * 1024 + 1))
  assert.deepEqual([tooLarge.status, tooLarge.body.code], [413, 'body_too_large'])
  assert.equal((await fetch(url)).status, 405)
  assert.equal(await home.countOf('inbox_events'), 1)
})

test('Express: bytes of a raw parser serve, parsed JSON is refused as read already', async (t) => {
  const home = await openHomeFor(t)
  await using intake = openLoggedIntake({ databaseUrl: home.url })
  const handler: RequestListener = (...both) => void nodeHandler(intake)(...both)
  const behindRaw = await listen(t, runFirst(raw, handler))
  assert.deepEqual((await deliver(behindRaw, pretty)).body, { received: true })
  const behindJson = await listen(t, runFirst(json, handler))
  const refused = await deliver(behindJson, eventBody('evt_2'))
  assert.deepEqual([refused.status, refused.body.code], [500, 'body_already_read'])
  assert.equal(refused.body.retryable, true)
  const writtenAgain = await listen(
    t,
    (request: IncomingMessage & { body?: unknown }, response) => {
      void json(request).then(async () => {
        const body = JSON.stringify(request.body)
        const answer = await intake.receive({ headers: request.headers, body })
        response.writeHead(answer.status, answer.headers).end(answer.body)
      })
    },
  )
  const mismatch = await deliver(writtenAgain, pretty)
  assert.deepEqual([mismatch.status, mismatch.body.code], [400, 'signature_mismatch'])
  assert.match(String(mismatch.body.detail), /re-serialised/)
  assert.equal(await home.countOf('inbox_events'), 1)
})

test('Next.js before the app router: the example takes the request of Node', async (t) => {
  const home = await openHomeFor(t)
  const { config, default: handler } = await import('../../edge/examples/next-pages-api.ts')
  assert.equal(config.api.bodyParser, false)
  const url = await listen(t, (...both) => void handler(...both))
  assert.deepEqual((await deliver(url, pretty)).body, { received: true })
  assert.equal(await home.countOf('inbox_events'), 1)
})

test('Next.js and Hono: the examples take a Request and give a Response', async (t) => {
  const home = await openHomeFor(t)
  const { POST } = await import('../../edge/examples/next-route.ts')
  const { mountIntake } = await import('../../edge/examples/hono.ts')
  const first = await POST(requestOf(pretty))
  assert.deepEqual([first.status, await first.json()], [200, { received: true }])
  const answers: Promise<Response>[] = []
  const context = { req: { raw: requestOf(pretty, signed(pretty)) } }
  mountIntake({ post: (_path, handler) => answers.push(handler(context)) })
  const [repeat] = await Promise.all(answers)
  assert.match((await repeat?.text()) ?? '', /"duplicate":true/)
  assert.equal(await home.countOf('inbox_events'), 1)
})

test('an application that links the package imports it by name, and ends by itself', async (t) => {
  const home = await openHome()
  t.after(() => home[Symbol.asyncDispose]())
  const folder = await mkdtemp(join(tmpdir(), 'payonce-embed-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  await mkdir(join(folder, 'node_modules'))
  await symlink(repository, join(folder, 'node_modules/payonce'))
  const file = join(folder, 'main.mjs')
  await writeFile(
    file,
    `import { openIntake } from 'payonce/intake'
const intake = openIntake({ databaseUrl: process.env.DATABASE_URL })
const { headers, body } = JSON.parse(process.env.DELIVERY)
const { status } = await intake.receive({ headers, body })
console.log(status)`,
  )
  const delivery = JSON.stringify({ headers: signed(good), body: good })
  const run = promisify(execFile)(process.execPath, [file], {
    env: { PATH: process.env.PATH, DATABASE_URL: home.url, DELIVERY: delivery },
    // It closes nothing; were anything to hold it, this would end it and fail.
    timeout: 20_000,
  })
  const { stdout } = await run
  assert.equal(stdout, '200\n')
  assert.equal(await home.countOf('inbox_events'), 1)
})
