import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DomainError } from '../domain/errors.ts'
import { classifyError, type WebhookErrorType } from './webhook-error.ts'

const fromDatabase = (code: string, more: object = {}) =>
  Object.assign(new Error(`database says ${code}`), { code, ...more })

const expected: Record<WebhookErrorType, string[]> = {
  transient: ['40001', '40P01'],
  unavailable: [
    ...['08000', '08003', '08006', '08001', '08P01', '57P01', '57P02', '57P03', '57P05', '57014'],
    ...['28P01', '28000', '3D000'],
    ...['53000', '53100', '53200', '53300', '53400', '25006', '25P03', '55P03', '58030'],
    ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE'],
  ],
  inconsistency: ['23502', '23503', '23505', '23514', '23000', '23P01'],
  event: ['22021', '22P02', '22P05', '22003', '42P01', 'P0001', 'ERR_INVALID_ARG_TYPE'],
}

for (const [type, codes] of Object.entries(expected)) {
  for (const code of codes) {
    test(`${code} is classified as ${type}`, () => {
      // A check that failed names its constraint; the one of a partition that was just attached has none.
      const more = code === '23514' ? { constraint: 'some_rule' } : {}
      assert.equal(classifyError(fromDatabase(code, more)).type, type)
    })
  }
}

test('a row that lost its way to a partition being attached is sent again', () => {
  assert.equal(classifyError(fromDatabase('23514')).type, 'transient')
})

test('a pool that gives no connection in time spends nothing', () => {
  const error = new Error('timeout exceeded when trying to connect')
  assert.deepEqual(classifyError(error), {
    type: 'unavailable',
    code: 'database_unavailable',
    statusCode: 503,
    detail: error.message,
    retry: 'when_available',
  })
})

test('a missing file is not a missing database, a missing socket is', () => {
  assert.equal(classifyError(fromDatabase('ENOENT', { syscall: 'open' })).type, 'event')
  assert.equal(classifyError(fromDatabase('ENOENT', { syscall: 'connect' })).type, 'unavailable')
})

test('an inconsistency is named by the rule that was broken and is not retried by itself', () => {
  const error = classifyError(
    fromDatabase('23514', { constraint: 'payments_amounts_not_negative' }),
  )
  assert.equal(error.code, 'payments_amounts_not_negative')
  assert.equal(error.retry, undefined)
})

test('an error of ours keeps its code and status, and its detail fits a text column', () => {
  const error = classifyError(
    new DomainError('event_field_invalid', { internal: 'a\u0000b\ud800' }),
  )
  assert.equal(error.code, 'event_field_invalid')
  assert.equal(error.statusCode, 400)
  assert.equal(error.detail, 'event_field_invalid: a\ufffdb\ufffd')
})
