import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Schema } from '../../src/http/openapi-examples.ts'
import { API_KEY, openObservedPayonce } from '../support/observed-payonce.ts'

let payonce: Awaited<ReturnType<typeof openObservedPayonce>>
let document: Schema
before(async () => {
  payonce = await openObservedPayonce()
  document = JSON.parse(await (await fetch(`${payonce.url}/openapi.json`)).text())
})
after(() => payonce[Symbol.asyncDispose]())

const operations = () =>
  Object.entries<Schema>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Schema>(methods).map(([method, operation]) => ({ path, method, operation })),
  )

test('the document has a summary, a group and an example answer for every operation', () => {
  assert.equal(document.openapi, '3.1.0')
  const groups = document.tags.map((tag: Schema) => tag.name)
  for (const { path, method, operation } of operations()) {
    const name = `${method} ${path}`
    assert.ok(operation.summary, name)
    assert.ok(groups.includes(operation.tags?.[0]), `${name} is in ${operation.tags}`)
    const [answer] = Object.entries<Schema>(operation.responses).filter(([status]) =>
      status.startsWith('2'),
    )
    assert.ok(answer, `${name} has no good answer`)
    const media = Object.values<Schema>(answer[1].content ?? {})
    assert.ok(media.length > 0, `${name} answers nothing`)
    for (const one of media) assert.notEqual(one.example, undefined, name)
  }
})

test('the address that the start prints leads to the reference', async () => {
  const answer = await fetch(payonce.url, { redirect: 'manual' })
  assert.deepEqual([answer.status, answer.headers.get('location')], [302, '/docs'])
})

test('every address the server knows is in the document, those of the documentation apart', async () => {
  for (const path of [
    '/health',
    '/health/live',
    '/health/ready',
    '/ready',
    '/metrics',
    '/webhooks/stripe',
    '/webhooks/stripe/{accountId}',
    '/payments',
    '/payments/{id}/timeline',
    '/revenue',
    '/ledger/journal.csv',
    '/dead-letters/{id}/retry',
  ]) {
    assert.ok(document.paths[path], path)
  }
  // A route without a schema would answer, and be missing here.
  for (const { path, method } of operations().filter((one) => one.method === 'get')) {
    const response = await fetch(`${payonce.url}${path.replaceAll(/\{\w+\}/g, 'x')}`, {
      method,
      headers: { authorization: `Bearer ${API_KEY}` },
    })
    assert.ok([200, 404].includes(response.status), `${path}: ${response.status}`)
    await response.arrayBuffer()
  }
})

test('the example of a list has the fields of the real answer', async () => {
  const { example } = document.paths['/payments'].get.responses['200'].content['application/json']
  assert.match(example.items[0].id, /^pay_/)
  assert.equal(example.next_cursor, null)
  const response = await fetch(`${payonce.url}/payments`, {
    headers: { authorization: `Bearer ${API_KEY}` },
  })
  assert.deepEqual(Object.keys(JSON.parse(await response.text())), Object.keys(example))
})

test('the page and its program come from this server alone, whatever they would like to load', async () => {
  const page = await fetch(`${payonce.url}/docs`)
  const html = await page.text()
  const policy = page.headers.get('content-security-policy') ?? ''
  assert.match(policy, /default-src 'none'/)
  assert.match(policy, /script-src 'self'(;|$)/)
  assert.match(policy, /connect-src 'self'(;|$)/)
  assert.doesNotMatch(policy, /https?:|unsafe-eval|\*/)
  assert.doesNotMatch(html, /(?:src|href)="(?:https?:)?\/\//)
  const [, address = ''] = /src="(\/docs\/reference\.js[^"]*)"/.exec(html) ?? []
  const script = await fetch(`${payonce.url}${address}`)
  assert.equal(script.status, 200)
  assert.equal(script.headers.get('content-encoding'), 'gzip')
  const program = await script.text()
  assert.match(program, /createApiReference/)
  const plain = await fetch(`${payonce.url}${address}`, {
    headers: { 'accept-encoding': 'identity' },
  })
  assert.equal(plain.headers.get('content-encoding'), null)
  assert.equal((await plain.text()).length, program.length)
})

test('a key can be entered', () => {
  assert.deepEqual(document.components.securitySchemes.key.scheme, 'bearer')
  assert.deepEqual(document.security, [{ key: [] }])
  assert.deepEqual(document.paths['/health'].get.security, [])
  assert.equal(document.paths['/payments'].get.security, undefined)
})
