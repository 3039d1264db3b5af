import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createOriginAllowList } from './origin-allow-list.ts'

test('without a list every origin may send', () => {
  assert.equal(createOriginAllowList([])('203.0.113.9'), true)
})

test('with a list only its networks may send, in either family and mapped', () => {
  const isAllowed = createOriginAllowList(['203.0.113.0/24', '2001:db8::/32'])
  assert.equal(isAllowed('203.0.113.9'), true)
  assert.equal(isAllowed('::ffff:203.0.113.9'), true)
  assert.equal(isAllowed('2001:db8::1'), true)
  assert.equal(isAllowed('203.0.114.9'), false)
  assert.equal(isAllowed('::1'), false)
})
