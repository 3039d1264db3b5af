import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explainFolderFault } from './folder-fault.ts'

const told = (fields: object) => {
  const error = Object.assign(new Error('raw'), fields)
  const explained = explainFolderFault('/data', error)
  assert.ok(explained instanceof Error)
  return explained.message
}

test('a folder that cannot be used is named with what denies it and the setting that mends it', () => {
  const cases: [object, RegExp][] = [
    [{ code: 'EACCES', syscall: 'mkdir', path: '/data' }, /may not be used .*\(EACCES: mkdir\)/],
    [
      { code: 'EACCES', syscall: 'open', path: '/data/payonce.pid' },
      /\(EACCES: open \/data\/payonce\.pid\)/,
    ],
    [{ code: 'EROFS', syscall: 'mkdir', path: '/data' }, /mounted read-only/],
    [{ code: 'ENOSPC', syscall: 'write' }, /no space left \(ENOSPC: write\)/],
    [{ code: 'EEXIST', syscall: 'mkdir', path: '/data' }, /is a file where a folder has to be/],
    [{ code: 'ENOTDIR', syscall: 'realpath', path: '/data' }, /is a file where/],
  ]
  for (const [fields, found] of cases) {
    assert.match(told(fields), found)
    assert.match(
      told(fields),
      /^The data folder \/data .* set PAYONCE_DATA_DIR to another folder\.$/,
    )
  }
})

test('an error that is not about the folder stays as it is', () => {
  assert.equal(told({ code: 'EACCES', syscall: 'spawn /bin/postgres' }), 'raw')
  assert.equal(told({ code: 'EMFILE', syscall: 'open' }), 'raw')
  assert.equal(told({}), 'raw')
  assert.equal(explainFolderFault('/data', 'text'), 'text')
})
