import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noFacts, type ObjectFacts } from '../domain/facts.ts'
import type { ProviderObjectRow } from '../store/provider-objects.ts'
import { type Changes, noChanges } from './changes.ts'
import { foldPayment } from './fold-payment.ts'
import { type FactEvent, objectName, type Subject } from './subject.ts'

const at = new Date('2026-01-02T03:04:05Z')
const owner = { merchantId: 'mer_1', livemode: false, providerAccountId: 'pac_1' }
const version = { absorbing: false, atSeconds: 1000, rank: 0, progress: 0, eventId: 'evt_0' }

/** Facts that count how often they are read. */
function countedFacts(fields: Record<string, string | number>, onRead: () => void): ObjectFacts {
  const writes = [{ version, fields }]
  return {
    since: { in_force: 1000, captured: 1000 },
    get writes() {
      onRead()
      return writes
    },
  }
}

/** A captured payment and as many refunds of it, each told by an event of its own. */
function subjectWith(refundCount: number, onRead: () => void): Subject {
  const objects = new Map<string, ProviderObjectRow>()
  const events: FactEvent[] = []
  const tell = (kind: 'charge' | 'refund', reference: string, fields: object) => {
    const facts = countedFacts({ ...fields, currency: 'USD' }, onRead)
    const object = { kind, reference, ...owner, subjectId: 'pay_1', facts: noFacts }
    objects.set(objectName(object), object)
    const eventId = `evt_${reference}`
    const cause = {
      inboxEventId: eventId,
      eventId,
      correlationId: 'cor_1',
      traceContext: null,
      createdAtSeconds: 1000,
    }
    events.push({ ...cause, assertions: [{ kind, reference, facts }] })
  }
  const amount = 10 * refundCount
  tell('charge', 'ch_1', { status: 'succeeded', amount, captured_amount: amount })
  for (let index = 0; index < refundCount; index++) {
    tell('refund', `re_${index}`, { status: 'succeeded', amount: 10, charge: 'ch_1' })
  }
  return {
    ...owner,
    id: 'pay_1',
    kind: 'payment',
    provider: 'stripe',
    objects,
    payment: undefined,
    absorbed: [],
    duplicateOf: undefined,
    takenReferences: new Set(),
    payout: undefined,
    refunds: [],
    disputes: [],
    booked: [],
    attempts: [],
    movedAttemptIds: new Set(),
    verdicts: new Map(),
    events,
    touched: new Set(),
  }
}

let idCount = 0
function fold(subject: Subject): Changes {
  const changes = noChanges()
  const newId = <Kind extends string>(kind: Kind) => `${kind}_${idCount++}`
  foldPayment(subject, changes, { newId: newId as never, at, actor: 'provider' })
  return changes
}

function readsWhileFolding(refundCount: number): number {
  let reads = 0
  const changes = fold(subjectWith(refundCount, () => reads++))
  assert.equal(changes.refunds.length, refundCount)
  assert.equal(changes.payments[0]?.refundedMinor, BigInt(10 * refundCount))
  assert.equal(changes.outbox.filter(({ type }) => type === 'refund.created').length, refundCount)
  return reads
}

test('four times as many refunds of one payment are four times the work', () => {
  const [some, many] = [readsWhileFolding(500), readsWhileFolding(2000)]
  assert.ok(many < some * 5, `${some} reads of facts for 500 refunds, ${many} for 2000`)
})

test('a refund that nothing new was told of is not compared again', () => {
  const refundCount = 2000
  const first = subjectWith(refundCount, () => {})
  const stored = fold(first)
  let comparisons = 0
  const refunds = stored.refunds.map((row) => ({
    ...row,
    get failureReason() {
      comparisons++
      return row.failureReason
    },
  }))
  const second = subjectWith(refundCount, () => {})
  const again = fold({
    ...second,
    objects: first.objects,
    payment: stored.payments[0],
    refunds,
    events: second.events.slice(-100),
  })
  assert.deepEqual(again.refunds, [])
  assert.ok(
    comparisons <= 2 * (refundCount + 100),
    `${comparisons} comparisons of ${refundCount} rows for 100 events`,
  )
})
