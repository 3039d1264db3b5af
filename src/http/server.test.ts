import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { test } from 'node:test'
import { Type } from 'typebox'
import { callerOf } from './authentication.ts'
import { health, type ReadinessCheck } from './routes/health.ts'
import { metrics } from './routes/metrics.ts'
import { createServer } from './server.ts'

function openServer(checks: Record<string, ReadinessCheck> = { database: { ok: true } }) {
  const lines: Record<string, unknown>[] = []
  const write = (fields: object, message: string) => lines.push({ ...fields, message })
  const measures: string[] = []
  const server = createServer({
    log: { debug: write, info: write, warn: write, error: write },
    authenticate: async ({ authorization }) =>
      authorization === 'Bearer good'
        ? { merchantId: 'mer_1', livemode: false, apiKeyId: 'key_1' }
        : undefined,
    newRequestId: () => 'generated',
    recordRequest: ({ method, route, status }) => measures.push(`${method} ${route} ${status}`),
    publicUrl: 'https://pay.example',
    routes: [
      health({ checkReadiness: async () => checks, version: '1' }),
      metrics({ render: async () => ({ contentType: 'text/plain', body: 'up 1\n' }) }),
      async (app) => {
        app.get('/things/:id', async (request) => ({ merchant: callerOf(request).merchantId }))
        const query = Type.Object({ limit: Type.Integer({ minimum: 1, maximum: 100 }) })
        app.get('/things', { schema: { querystring: query } }, async (request) => request.query)
        const body = Type.Object({ 'a/b': Type.Integer() }, { additionalProperties: false })
        app.post('/things', { schema: { body } }, async (request) => request.body)
        app.post('/echo', async (request) => request.body)
        app.get('/fails', async () => {
          throw new Error('postgres://user:password@host')
        })
      },
    ],
  })
  return { server, lines, measures }
}

const authorization = 'Bearer good'

test('a request keeps its sane id and trace; an insane id is replaced', async () => {
  const { server, lines } = openServer()
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
  const kept = await server.inject({
    url: '/health',
    headers: { 'x-request-id': 'abc-1', traceparent },
  })
  assert.equal(kept.headers['x-request-id'], 'abc-1')
  assert.deepEqual(
    [lines[0]?.request_id, lines[0]?.correlation_id, lines[0]?.trace_id],
    ['abc-1', 'a'.repeat(32), 'a'.repeat(32)],
  )
  for (const insane of ['x'.repeat(129), 'a b', 'a"b', '']) {
    const { headers } = await server.inject({ url: '/health', headers: { 'x-request-id': insane } })
    assert.equal(headers['x-request-id'], 'generated')
  }
})

test('every route needs a key but those that say they are public', async () => {
  const { server } = openServer()
  const refused = await server.inject({ url: '/things/1' })
  assert.equal(refused.statusCode, 401)
  assert.match(String(refused.headers['www-authenticate']), /^Bearer/)
  assert.equal(refused.json().code, 'unauthenticated')
  const answered = await server.inject({ url: '/things/1', headers: { authorization } })
  assert.deepEqual(answered.json(), { merchant: 'mer_1' })
  for (const url of ['/health', '/health/live', '/ready', '/metrics', '/docs/errors/not_found']) {
    assert.equal((await server.inject({ url })).statusCode, 200, url)
  }
})

test('a refused key is told from a missing one, and both how to send it', async () => {
  const { server } = openServer()
  const told = async (headers: Record<string, string>) =>
    (await server.inject({ url: '/things/1', headers })).json().detail
  const how = 'Send Authorization: Bearer <key>.'
  assert.equal(await told({}), `The request has no API key. ${how}`)
  const refused = `The API key is unknown or revoked. ${how}`
  assert.equal(await told({ authorization: 'Bearer bad' }), refused)
})

test('a body is JSON, and one that is left out is an empty object, also where its type is named', async () => {
  const { server } = openServer()
  const post = async (payload: string, type?: string) => {
    const named = type === undefined ? {} : { 'content-type': type }
    const headers = { authorization, ...named }
    const { statusCode, body } = await server.inject({
      ...{ method: 'POST', url: '/echo' },
      ...{ headers, payload },
    })
    return statusCode === 200 ? body : statusCode
  }
  assert.equal(await post(''), '{}')
  assert.equal(await post('', 'application/json'), '{}')
  assert.equal(await post('{"a":1}', 'application/json; charset=utf-8'), '{"a":1}')
  assert.equal(await post('{"a":1}', 'text/plain'), 415)
  assert.equal(await post('a=1', 'application/x-www-form-urlencoded'), 415)
})

test('an unknown address is 404, a wrong method 405 with what is allowed, both as problems', async () => {
  const { server, measures } = openServer()
  const unknown = await server.inject({ url: '/nothing?x=1' })
  assert.deepEqual([unknown.statusCode, unknown.json().code], [404, 'not_found'])
  assert.equal(unknown.headers['content-type'], 'application/problem+json')
  const wrong = await server.inject({
    url: '/things/1',
    method: 'DELETE',
    headers: { authorization },
  })
  assert.deepEqual([wrong.statusCode, wrong.json().code], [405, 'method_not_allowed'])
  assert.equal(wrong.headers.allow, 'GET, HEAD')
  assert.equal((await server.inject({ url: '/docs/errors/nope' })).statusCode, 404)
  assert.equal(measures[0], 'GET unknown 404')
})

test('invalid input names each field; a body is never converted, a query is', async () => {
  const { server } = openServer()
  const headers = { authorization }
  const inject = (payload: object | string) =>
    server.inject({ url: '/things', method: 'POST', headers, payload })
  const converted = await server.inject({ url: '/things?limit=7', headers })
  assert.deepEqual(converted.json(), { limit: 7 })
  for (const [payload, pointer] of [
    [{}, '/a~1b'],
    [{ 'a/b': '1' }, '/a~1b'],
    [{ 'a/b': 1, c: 2 }, '/c'],
  ] as const) {
    const answer = await inject(payload)
    assert.equal(answer.statusCode, 400)
    assert.equal(answer.json().code, 'invalid_request')
    assert.equal(answer.json().errors[0].pointer, pointer)
  }
  const broken = await server.inject({
    ...{ url: '/things', method: 'POST', payload: '{' },
    headers: { ...headers, 'content-type': 'application/json' },
  })
  assert.equal(broken.json().code, 'body_not_json')
  const large = await inject({ 'a/b': 'x'.repeat(1_100_000) })
  assert.deepEqual([large.statusCode, large.json().code], [413, 'body_too_large'])
})

test('an unforeseen error answers 500 without its message, which only the log gets', async () => {
  const { server, lines } = openServer()
  const answer = await server.inject({ url: '/fails', headers: { authorization } })
  assert.equal(answer.statusCode, 500)
  assert.doesNotMatch(answer.body, /password|\.ts:/)
  assert.equal(answer.json().type, 'https://pay.example/docs/errors/internal_error')
  assert.ok(
    lines.some(({ message, err }) => message === 'request failed' && /password/.test(String(err))),
  )
})

test('not ready says which dependency is down', async () => {
  const { server } = openServer({
    database: { ok: false, detail: 'refused' },
    schema: { ok: true },
  })
  const answer = await server.inject({ url: '/ready' })
  assert.equal(answer.statusCode, 503)
  assert.deepEqual(answer.json().down, ['database'])
  assert.equal((await server.inject({ url: '/health' })).statusCode, 200)
})

test('what the work goes on without is reported, and leaves the process ready', async () => {
  const { server } = openServer({
    database: { ok: true, detail: 'answers' },
    redis: { ok: false, detail: 'ECONNREFUSED', isOptional: true },
  })
  const answer = await server.inject({ url: '/health/ready' })
  assert.equal(answer.statusCode, 200)
  assert.deepEqual(answer.json(), {
    status: 'ready',
    down: [],
    degraded: ['redis'],
    checks: {
      database: { ok: true, detail: 'answers' },
      redis: { ok: false, detail: 'ECONNREFUSED' },
    },
  })
})

test('closing finishes what is in flight, ends idle connections, and takes nothing new', async () => {
  const { server } = openServer()
  const { promise, resolve } = Promise.withResolvers<void>()
  const entered = Promise.withResolvers<void>()
  server.get('/slow', async () => {
    entered.resolve()
    await promise
    return { done: true }
  })
  const url = await server.listen({ port: 0, host: '127.0.0.1' })
  await (await fetch(`${url}/health`)).text()
  const slow = fetch(`${url}/slow`, { headers: { authorization } })
  await entered.promise
  const closed = server.close()
  resolve()
  const answer = await slow
  assert.deepEqual(await answer.json(), { done: true })
  await closed
  await assert.rejects(fetch(`${url}/health`))
})

test('one connection above the limit is closed, and takes its place once another has gone', async () => {
  const server = createServer({
    log: { debug() {}, info() {}, warn() {}, error() {} },
    authenticate: async () => undefined,
    newRequestId: () => 'generated',
    recordRequest: () => undefined,
    connectionCountMax: 1,
    routes: [health({ checkReadiness: async () => ({}), version: '1' })],
  })
  await server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = server.server.address() as AddressInfo
  /** @returns whether the server let it in: it answered, or closed without a word */
  const ask = async () => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => socket.destroy())
    socket.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n')
    const answered = await Promise.race([
      once(socket, 'data').then(() => true),
      once(socket, 'close').then(() => false),
    ])
    return { answered, close: () => once(socket.destroy(), 'close') }
  }
  const first = await ask()
  assert.equal(first.answered, true)
  assert.equal((await ask()).answered, false)
  await first.close()
  while (!(await ask()).answered);
  await server.close()
})
