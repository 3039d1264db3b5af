import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from '../config/config.ts'
import { explainStart, isDatabaseAway } from './explain-start.ts'

const config = readConfig({ DATABASE_URL: 'postgresql://a:b@db.example/c', HOST: 'here.example' })
const failure = (fields: object) => Object.assign(new Error('no'), fields)

test('a start that fails names the setting that mends it', () => {
  const cases: [object, RegExp, boolean][] = [
    [{ code: 'ECONNREFUSED', syscall: 'connect' }, /cannot be reached \(ECONNREFUSED\)/, true],
    [
      { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: 'db.example' },
      /cannot be reached/,
      true,
    ],
    [{ code: '28P01' }, /refuses us: no\. Correct user/, true],
    [{ code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: 'here.example' }, /^HOST here/, false],
    [{ code: 'EADDRNOTAVAIL', syscall: 'listen' }, /^HOST here/, false],
    [{ code: 'EADDRINUSE', syscall: 'listen', port: 8000 }, /^PORT 8000 .* is taken/, false],
    [{ code: 'EACCES', syscall: 'listen', port: 80 }, /^PORT 80 needs more rights/, false],
    [{}, /^no$/, false],
  ]
  for (const [fields, message, isAway] of cases) {
    assert.match(explainStart(failure(fields), config), message)
    assert.equal(isDatabaseAway(failure(fields), config), isAway, String(message))
  }
  assert.equal(explainStart('text', config), 'text')
})
