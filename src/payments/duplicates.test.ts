import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DuplicateUndo } from '../domain/payment.ts'
import { isBoundedByProvider } from './bounded-by-provider.ts'
import { firstUndo, nextUndo } from './duplicates.ts'

const charged = {
  ...{ status: 'succeeded' as const, receivedMinor: 1000n },
  ...{ refundedMinor: 0n, disputedMinor: 0n },
}
const held = { ...charged, status: 'requires_capture' as const, receivedMinor: 0n }
const canceled = { ...held, status: 'canceled' as const }
const refunded = { ...charged, refundedMinor: 1000n }
const refused = (step: 'cancel' | 'refund') => [{ step, status: 'failed' as const }]

test('a second effect is undone only where it is what was asked for', () => {
  const original = { amountMinor: 1000n, currency: 'USD' }
  assert.equal(firstUndo(original, { amountMinor: 1000n, currency: 'USD' }), 'due')
  assert.equal(firstUndo(original, { amountMinor: 999n, currency: 'USD' }), 'left')
  assert.equal(firstUndo(original, { amountMinor: 1000n, currency: 'EUR' }), 'left')
})

test('each state of undoing follows from the facts and from what became of the request', () => {
  const rows: [DuplicateUndo, Parameters<typeof nextUndo>[1], DuplicateUndo, string, object[]?][] =
    [
      ['due', held, 'due', 'nothing was asked for yet'],
      ['due', canceled, 'undone', 'somebody canceled it'],
      ['due', { ...held, status: 'failed' }, 'due', 'a charge failed; the intent is still open'],
      ['due', { ...charged, disputedMinor: 1n }, 'left', 'the bank takes the money back'],
      ['canceling', held, 'canceling', 'no answer yet'],
      ['canceling', canceled, 'undone', 'the answer'],
      ['canceling', charged, 'due', 'it was charged first, so it has to be refunded'],
      ['canceling', held, 'left', 'the provider refused', refused('cancel')],
      ['refunding', charged, 'refunding', 'no answer yet'],
      ['refunding', refunded, 'undone', 'the answer'],
      ['refunding', { ...charged, refundedMinor: 999n }, 'refunding', 'not all of it'],
      ['refunding', charged, 'left', 'the provider refused', refused('refund')],
      ['undone', refunded, 'undone', 'nothing new'],
      ['undone', charged, 'left', 'the refund came back'],
      ['left', charged, 'left', 'a person has done nothing yet'],
      ['left', refunded, 'undone', 'a person refunded it'],
    ]
  for (const [undo, now, next, why, settled = []] of rows) {
    assert.equal(nextUndo(undo, now, settled as never), next, `${undo}: ${why}`)
  }
})

test('only what the provider itself keeps from happening twice is bounded', () => {
  const payment = { receivedMinor: 1000n }
  type Asked = Parameters<typeof isBoundedByProvider>[0]
  const bounded = (step: Asked['step'], amountMinor: bigint, amount?: number) => {
    const params = amount === undefined ? {} : { amount }
    const request = JSON.stringify({ path: '/', params })
    return isBoundedByProvider({ step, amountMinor, request }, payment)
  }
  assert.ok(bounded('confirm', 1000n) && bounded('capture', 1n) && bounded('cancel', 1000n))
  assert.ok(bounded('refund', 501n, 501))
  assert.ok(!bounded('refund', 500n, 500))
  assert.ok(bounded('refund', 400n), 'of what is left nothing is left then')
  assert.ok(!bounded('create', 1000n))
})
