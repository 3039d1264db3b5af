import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DomainError } from '../domain/errors.ts'
import { NESTING_MAX, readJson } from './read-json.ts'

function codeOf(body: string | Buffer): string {
  try {
    readJson(Buffer.from(body))
  } catch (error) {
    return error instanceof DomainError ? error.code : String(error)
  }
  return 'none'
}

test('bad UTF-8, halves of JSON and empty bodies are refused as not JSON', () => {
  const bodies = [Buffer.from([0x22, 0xff, 0x22]), Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])]
  for (const body of [...bodies, '', '{', '{"a":1}x', 'nul', '[1,]', ']']) {
    assert.equal(codeOf(body), 'body_not_json')
  }
})

test('nesting is bounded before parsing, and brackets in strings are no nesting', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
  assert.equal(codeOf(nested(NESTING_MAX)), 'none')
  assert.equal(codeOf(nested(NESTING_MAX + 1)), 'body_too_deep')
  assert.equal(codeOf('['.repeat(5_000_000)), 'body_too_deep')
  assert.equal(codeOf(JSON.stringify({ a: '[{"'.repeat(1000), b: '\\"[['.repeat(100) })), 'none')
})

test('what JSON allows and databases refuse is read as it is', () => {
  assert.deepEqual(readJson(Buffer.from('{"a":"\\u0000\\ud800","n":1e400,"a2":1,"a2":2}')), {
    a: '\u0000\ud800',
    n: Number.POSITIVE_INFINITY,
    a2: 2,
  })
})
