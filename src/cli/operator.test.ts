import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deedOf, operatorName } from './operator.ts'

test('whoever types a command has a name, also where the system knows none', () => {
  assert.ok(operatorName().length > 0)
  const nobody = () => {
    throw new Error('no such user')
  }
  assert.match(operatorName(nobody), /^uid \d+$/)
  assert.match(
    operatorName(() => ({ username: '' })),
    /^uid \d+$/,
  )
  assert.throws(() => deedOf({ merchantId: 'mer_1', livemode: false }, ' '), /--reason must be/)
})
