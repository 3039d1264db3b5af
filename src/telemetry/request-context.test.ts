import assert from 'node:assert/strict'
import { test } from 'node:test'
import { acceptRequestId, currentContext, newRequestId, runWithContext } from './request-context.ts'
import { continueTrace, formatTraceParent, parseTraceParent } from './traceparent.ts'

const valid = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

test('a traceparent header is read and written back the same', () => {
  const parent = parseTraceParent(valid)
  assert.ok(parent)
  assert.deepEqual(parent, {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: '00f067aa0ba902b7',
    sampled: true,
  })
  assert.equal(formatTraceParent(parent), valid)
})

test('a traceparent that breaks the standard counts as absent', () => {
  for (const header of [
    undefined,
    '',
    valid.toUpperCase(),
    `${valid}-extra`,
    ` ${valid}`,
    valid.replace(/^00/, 'ff'),
    valid.replace('4bf92f3577b34da6a3ce929d0e0e4736', '0'.repeat(32)),
    valid.replace('00f067aa0ba902b7', '0'.repeat(16)),
    valid.slice(0, -1),
  ]) {
    assert.equal(parseTraceParent(header), undefined, header)
  }
})

test('a later version of traceparent is read by its first four fields', () => {
  assert.equal(parseTraceParent(`${valid.replace(/^00/, '01')}-more`)?.spanId, '00f067aa0ba902b7')
})

test('a trace is continued under its id with a step of its own, or begun', () => {
  const parent = parseTraceParent(valid)
  const next = continueTrace(parent)
  assert.equal(next.traceId, parent?.traceId)
  assert.notEqual(next.spanId, parent?.spanId)
  const fresh = continueTrace()
  assert.deepEqual(parseTraceParent(formatTraceParent(fresh)), fresh)
})

test('a safe request id of the caller is kept and any other is replaced', () => {
  assert.equal(acceptRequestId('abc-123'), 'abc-123')
  for (const header of [undefined, '', 'a b', 'a\nb', 'x'.repeat(200), '"quoted"', 'é']) {
    assert.match(acceptRequestId(header), /^req_[\da-f]{32}$/)
  }
  assert.notEqual(newRequestId(), newRequestId())
})

test('nested contexts add to the outer one and end with their work', () => {
  runWithContext({ request_id: 'r' }, () => {
    runWithContext({ payment_id: 'p' }, () => {
      assert.deepEqual(currentContext(), { request_id: 'r', payment_id: 'p' })
    })
    assert.deepEqual(currentContext(), { request_id: 'r' })
  })
  assert.deepEqual(currentContext(), {})
})
