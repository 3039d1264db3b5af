import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusalWarnings } from './observation.ts'

test('refused webhooks are told once a minute for each code, with how many there were', () => {
  const told: object[] = []
  let nowMs = 5
  const warn = refusalWarnings({ warn: (fields: object) => void told.push(fields) }, () => nowMs)
  for (let count = 0; count < 4; count++) warn('signature_mismatch', 'no')
  warn('body_too_large', 'large')
  nowMs += 60_000
  warn('signature_mismatch', 'no')
  nowMs += 60_000
  warn('signature_mismatch', 'no')
  const line = (code: string, detail: string, count: number) => ({ code, detail, count })
  assert.deepEqual(told, [
    line('signature_mismatch', 'no', 1),
    line('body_too_large', 'large', 1),
    line('signature_mismatch', 'no', 4),
    line('signature_mismatch', 'no', 1),
  ])
})
