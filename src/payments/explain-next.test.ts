import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFinal, paymentStatuses } from '../domain/payment.ts'
import type { DisputeRow, PaymentRow } from '../store/rows.ts'
import { explainNext } from './explain-next.ts'
import type { TimelineItem } from './timeline.ts'

const payment = (changed: Partial<PaymentRow> = {}) =>
  ({ status: 'succeeded', receivedMinor: 10n, refundedMinor: 0n, ...changed }) as PaymentRow
const dispute = (status: string, evidenceDueAt: Date | null = null) =>
  ({ status, evidenceDueAt }) as DisputeRow
const nothing = { next_action_at: null, items: [] }

test('each status says what happens next, and a final one that nothing does', () => {
  const told = paymentStatuses.map((status) => explainNext(payment({ status }), nothing, []))
  for (const [index, status] of paymentStatuses.entries()) {
    assert.match(told[index] ?? '', /^[A-Z].*\.$/)
    const isOver = /nothing more/.test(told[index] ?? '')
    assert.equal(isOver, isFinal(status), status)
  }
})

test('what is due here comes before what others do, and what nobody does by itself before that', () => {
  const waiting = { next_action_at: '2026-01-02T03:04:05.000Z', items: [] }
  assert.match(explainNext(payment(), waiting, []), /applied by the worker at 2026-01-02T03:04:05/)
  const attempt = { kind: 'attempt', detail: { status: 'unknown' } } as unknown as TimelineItem
  assert.match(explainNext(payment(), { ...waiting, items: [attempt] }, []), /is found out by/)
  const sent = { kind: 'attempt', detail: { status: 'sent' } } as unknown as TimelineItem
  assert.match(explainNext(payment(), { ...waiting, items: [sent] }, []), /asked right now.* again/)
  const dead = { ...nothing, items: [{ detail: { status: 'dead' } } as unknown as TimelineItem] }
  assert.match(explainNext(payment(), dead, []), /a person decides/)
})

test('an open dispute says by when, a decided one nothing', () => {
  const due = new Date('2026-01-09T00:00:00Z')
  const next = (one: DisputeRow) => explainNext(payment(), nothing, [one])
  assert.match(next(dispute('needs_response', due)), /answered at the provider by 2026-01-09/)
  assert.match(next(dispute('needs_response')), /which sets the date/)
  assert.match(next(dispute('under_review')), /The bank decides/)
  assert.match(next(dispute('lost')), /It is paid/)
  assert.match(explainNext(payment({ refundedMinor: 10n }), nothing, []), /given back in full/)
})
