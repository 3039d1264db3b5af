import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLogger, type LogLevel } from './logger.ts'
import { extendContext, runWithContext } from './request-context.ts'

type Line = Record<string, unknown> & { error?: Record<string, unknown> }

function capture(level: LogLevel = 'info') {
  const texts: string[] = []
  const log = createLogger({ level, destination: { write: (line) => texts.push(line) } })
  return { log, texts, last: () => JSON.parse(texts.at(-1) ?? '{}') as Line }
}

test('a line is one JSON object with timestamp, level as a word, message and the given fields', () => {
  const { log, texts, last } = capture()
  log.info({ duration_ms: 12.5 }, 'request completed')
  const { timestamp, ...rest } = last()
  assert.match(String(timestamp), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  assert.deepEqual(rest, { level: 'info', duration_ms: 12.5, message: 'request completed' })
  assert.match(texts.join(''), /^[^\n]+\n$/)
})

test('fields set once for a request appear on all its later lines and on no other', async () => {
  const { log, last } = capture()
  await runWithContext({ request_id: 'req_1', correlation_id: 'c1' }, async () => {
    await Promise.resolve()
    extendContext({ payment_id: 'pay_1' })
    log.info('inside')
  })
  const { request_id, correlation_id, payment_id } = last()
  assert.deepEqual([request_id, correlation_id, payment_id], ['req_1', 'c1', 'pay_1'])
  log.child({ user_id: 'u1' }).info('outside')
  assert.equal(last().request_id, undefined)
  assert.equal(last().user_id, 'u1')
})

test('an error is described by type, code and message, also under err, with its cause', () => {
  const { log, last } = capture()
  const cause = new Error('refused')
  const error = Object.assign(new TypeError('no answer', { cause }), { code: 'timeout' })
  const described = { type: 'TypeError', code: 'timeout', message: 'no answer' }
  for (const fields of [{ error }, { err: error }]) {
    log.warn(fields, 'failed')
    assert.deepEqual(last().error, { ...described, cause: { type: 'Error', message: 'refused' } })
    assert.equal(last().message, 'failed')
  }
})

test('the stack is on error lines and when debugging, not on warnings', () => {
  const error = new Error('x')
  const production = capture('info')
  production.log.warn({ error })
  assert.equal(production.last().error?.stack, undefined)
  production.log.error(error)
  assert.equal(typeof production.last().error?.stack, 'string')
  assert.equal(production.last().message, 'x')
  const debugging = capture('debug')
  debugging.log.warn({ error })
  assert.equal(typeof debugging.last().error?.stack, 'string')
})

test('lines below the level are not written', () => {
  const { log, texts } = capture('warn')
  log.info('quiet')
  assert.equal(texts.length, 0)
})
