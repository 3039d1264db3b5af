/** The example of each error code is what the real server answers, for every code a request can bring about. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { text as readAll } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { type ErrorCode, errorCatalogue } from '../../src/domain/errors.ts'
import { paymentErrors } from '../../src/domain/payment-errors.ts'
import { exampleProblem } from '../../src/http/error-examples.ts'
import { createTestDatabase } from '../support/database.ts'
import { type Body, openReadServer } from '../support/read-server.ts'
import { eventBody, openIntake, sign } from './intake-fixture.ts'

let database: Awaited<ReturnType<typeof createTestDatabase>>
let intake: Awaited<ReturnType<typeof openIntake>>
let reads: Awaited<ReturnType<typeof openReadServer>>
let full: typeof intake
let guarded: typeof intake
before(async () => {
  database = await createTestDatabase()
  intake = await openIntake(database.url, { timeouts: { headersMs: 200, requestMs: 400 } })
  full = await openIntake(database.url, { bytesMax: 1 })
  guarded = await openIntake(database.url, { allowCidrs: ['192.0.2.0/24'] })
  reads = await openReadServer()
})
after(async () => {
  for (const one of [intake, full, guarded, reads, database]) await one[Symbol.asyncDispose]()
})

const post = async (url: string, body: string, headers: Record<string, string> = {}) => {
  const signature = { 'stripe-signature': sign(body) }
  const response = await fetch(url, { method: 'POST', body, headers: { ...signature, ...headers } })
  return JSON.parse(await response.text())
}
const retry = (payload: string, type = 'application/json') =>
  inject({
    method: 'POST',
    url: '/dead-letters/pev_x/retry',
    payload,
    headers: { 'content-type': type },
  })
const inject = async (options: {
  method?: 'GET' | 'POST' | 'DELETE'
  url: string
  payload?: string
  headers?: Record<string, string>
}): Promise<Body> => {
  const { keys, app } = reads
  const authorization = `Bearer ${keys.own}`
  return (await app.inject({ ...options, headers: { authorization, ...options.headers } })).json()
}
const bodyOf = (raw: string) => JSON.parse(raw.slice(raw.indexOf('\r\n\r\n') + 4))
const raw = (text: string, isOpen = false) => {
  const socket = connect(intake.port, '127.0.0.1')
  socket.on('error', () => undefined)
  if (isOpen) socket.write(text)
  else socket.end(text)
  return readAll(socket)
}

const hourAgo = () => Math.floor(Date.now() / 1000) - 3600
const real: Partial<Record<ErrorCode, () => Promise<Body>>> = {
  signature_missing: () => post(intake.url, '{}', { 'stripe-signature': '' }),
  signature_mismatch: () =>
    post(intake.url, '{}', { 'stripe-signature': sign('{}', 'whsec_another_secret') }),
  timestamp_outside_tolerance: () =>
    post(intake.url, '{}', { 'stripe-signature': sign('{}', undefined, hourAgo()) }),
  origin_not_allowed: () => post(guarded.url, '{}'),
  unknown_webhook_endpoint: () => post(`${intake.url}/pac_unknown`, '{}'),
  intake_full: () => post(full.url, eventBody('evt_full')),
  body_too_deep: () => post(intake.url, '['.repeat(200) + ']'.repeat(200)),
  event_field_invalid: () => post(intake.url, eventBody('evt_x', { id: 1 })),
  content_encoding_unsupported: () => post(intake.url, '{}', { 'content-encoding': 'gzip' }),
  body_too_large: () => retry(`"${'x'.repeat(2_000_000)}"`),
  body_not_json: () => retry('{"a":'),
  media_type_unsupported: () => retry('{}', 'text/plain'),
  unauthenticated: () => inject({ url: '/payments', headers: { authorization: '' } }),
  not_found: () => inject({ url: '/payments/pay_unknown' }),
  method_not_allowed: () => inject({ method: 'DELETE', url: '/payments' }),
  invalid_request: () => inject({ url: '/payments?limit=1000' }),
  headers_too_large: async () =>
    bodyOf(await raw(`GET / HTTP/1.1\r\nhost: x\r\nx-a: ${'x'.repeat(20_000)}\r\n\r\n`)),
  request_timeout: async () => bodyOf(await raw('GET / HTTP/1.1\r\nhost: x\r\n', true)),
}

/** Codes of faults that have tests of their own, or that nothing brings about yet. */
const notSent: ErrorCode[] = [
  // Who is cut off in the middle is not there to read the answer.
  'body_unreadable',
  'body_already_read',
  'database_not_migrated',
  'event_not_storable',
  'parser_overloaded',
  'database_unavailable',
  'event_id_collision',
  'rate_limited',
  'internal_error',
  'dry_run_busy',
  'dry_run_too_large',
  'event_not_dead',
  'replay_over',
  'payload_archived',
  // They need a provider that answers: `payments.test.ts` and its neighbors have one.
  ...(Object.keys(paymentErrors) as ErrorCode[]),
  // Codes of failures of events; no request is answered with them.
  'value_not_storable',
  'constraint_violated',
  'worker_died',
]

/** What an answer has in common with every other of its code. */
const common = ({ status, title, code, retryable }: Body) => ({ status, title, code, retryable })

/** Without what is another number each time. */
const plain = (detail: string) =>
  detail.replace(/\d+ s old/, 'n s old').replace(/\(2\d{3}-[^)]*\)/, '(now)')

for (const [code, ask] of Object.entries(real)) {
  test(`the example of ${code} is what the server answers`, async () => {
    const answer = await ask()
    const example = exampleProblem(code as ErrorCode)
    assert.deepEqual(common(answer), common(example))
    assert.deepEqual(Object.keys(answer), Object.keys(example))
    assert.ok(String(answer.type).endsWith(`/docs/errors/${code}`), answer.type)
    assert.equal(plain(answer.detail), plain(example.detail))
    if (example.errors !== undefined) assert.deepEqual(answer.errors, example.errors)
  })
}

test('every code has an example that is sent here, or a reason why not', () => {
  const known = [...Object.keys(real), ...notSent]
  assert.deepEqual(known.toSorted(), Object.keys(errorCatalogue).toSorted())
})

test('the page of every code says what happened, how to mend it and an example, in three forms', async () => {
  for (const [code, { title, status }] of Object.entries(errorCatalogue)) {
    const get = (accept: string) =>
      reads.app.inject({ url: `/docs/errors/${code}`, headers: { accept } })
    const page = await get('text/html,application/xhtml+xml,*/*;q=0.8')
    assert.match(String(page.headers['content-type']), /^text\/html/)
    assert.match(String(page.headers['content-security-policy']), /default-src 'none'/)
    for (const part of ['What happened', 'How to mend it', 'Example', `HTTP ${status}`]) {
      assert.ok(page.body.includes(part), `${code}: ${part}`)
    }
    assert.doesNotMatch(page.body, /<script|src=|url\(/)
    const data = (await get('application/json')).json()
    assert.deepEqual([data.code, data.title, data.example.answer.code], [code, title, code])
    const markdown = await get('text/markdown')
    assert.match(String(markdown.headers['content-type']), /^text\/markdown/)
    assert.ok(markdown.body.startsWith(`## \`${code}\``))
    assert.equal(markdown.headers.vary, 'accept')
  }
  const index = await reads.app.inject({ url: '/docs/errors', headers: { accept: 'text/html' } })
  for (const code of Object.keys(errorCatalogue))
    assert.ok(index.body.includes(`/docs/errors/${code}`))
  const statuses = [...index.body.matchAll(/<td>(\d{3})</g)].map(([, status]) => Number(status))
  assert.deepEqual(statuses, statuses.toSorted(), 'in the order of what stands first')
  const list = await reads.app.inject({
    url: '/docs/errors',
    headers: { accept: 'application/json' },
  })
  assert.equal(list.json().items.length, Object.keys(errorCatalogue).length)
})
