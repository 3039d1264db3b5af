import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DomainError, errorCatalogue } from '../domain/errors.ts'
import { knownErrorOf } from './known-error.ts'
import { problemHeadersOf, problemOf } from './problem.ts'

const context = { requestId: 'req_1', baseUrl: 'http://localhost:8000' }

test('a problem tells the public message only, with status and title of the catalogue', () => {
  const errors = [{ pointer: '/id', detail: 'must be a string' }]
  const details = { public: 'The id is not a string.', internal: 'secret detail', errors }
  assert.deepEqual(problemOf(new DomainError('event_field_invalid', details), context), {
    type: 'http://localhost:8000/docs/errors/event_field_invalid',
    title: errorCatalogue.event_field_invalid.title,
    status: 400,
    detail: 'The id is not a string.',
    code: 'event_field_invalid',
    request_id: 'req_1',
    retryable: false,
    errors,
  })
})

test('an error nobody foresaw tells nothing of itself', () => {
  const text = JSON.stringify(problemOf(knownErrorOf(new Error('password=hunter2')), context))
  assert.doesNotMatch(text, /hunter2|at .*\.ts/)
  assert.match(text, /"code":"internal_error"/)
})

test('a database that is away becomes 503 with Retry-After, a broken rule of ours 500', () => {
  const away = knownErrorOf(Object.assign(new Error('down'), { code: '57P01' }))
  assert.equal(away.code, 'database_unavailable')
  assert.equal(problemHeadersOf(away)['retry-after'], '5')
  assert.equal(
    knownErrorOf(Object.assign(new Error('x'), { code: '23505' })).code,
    'internal_error',
  )
})

test('every entry of the catalogue is a sentence a reader can act on', () => {
  for (const [code, entry] of Object.entries(errorCatalogue)) {
    assert.match(code, /^[a-z]+(_[a-z]+)*$/)
    assert.ok(entry.status >= 400 && entry.status < 600, code)
    for (const text of [entry.cause, entry.fix]) assert.match(text, /\.$/, code)
    if (entry.status === 503 || entry.status === 429) assert.equal(entry.retryable, true, code)
  }
})
