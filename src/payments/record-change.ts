import type { NewId } from '../domain/ids.ts'
import { laneOf } from '../domain/lane.ts'
import type { OwnerColumns } from '../store/rows.ts'
import type { Changes } from './changes.ts'
import { differences } from './differences.ts'
import type { EventType } from './event-types.ts'

/** The dated version newly written events are rendered in. */
export const eventVersion = '2026-12-01'

/** What a change follows from; without an inbox event it is a request or an answer. */
export type Cause = {
  correlationId: string
  traceContext: string | null
  inboxEventId: string | null
}

export type ChangeContext = {
  newId: NewId
  /** the transaction's time */
  at: Date
  actor: string
}

/** Fields that change with every write, or never. */
const bookkeeping = [
  'id',
  'merchantId',
  'livemode',
  'providerAccountId',
  'sequence',
  'createdAt',
  'updatedAt',
  'correlationId',
  'provider',
  'origin',
  'paymentId',
] as const

const wireBookkeeping = [
  'id',
  'merchant_id',
  'livemode',
  'payment_id',
  'created_at',
  'updated_at',
  'provider',
  'origin',
]

/**
 * One change: an immutable history row, and an event that will leave. Both carry the correlation id of the event
 * that caused them.
 * @returns whether anything a person would see differs
 */
export function recordChange<Row extends OwnerColumns & { id: string }>(
  changes: Changes,
  context: ChangeContext,
  change: {
    cause: Cause
    subject: OwnerColumns & { id: string; takeSequence: () => bigint }
    before: Row | undefined
    after: Row
    types: EventType[]
    render: (row: Row) => Record<string, unknown>
  },
): boolean {
  const { before, after, cause, subject, render } = change
  if (differences(before, after, bookkeeping as unknown as (keyof Row)[]) === undefined)
    return false
  const shown = render(after)
  const difference = differences(before && render(before), shown, wireBookkeeping)
  // A change only our own columns know: the rows are written, and there is nothing to tell.
  if (difference === undefined) return true
  const owner = { merchantId: subject.merchantId, livemode: subject.livemode }
  for (const type of change.types) {
    changes.history.push({
      ...owner,
      subjectId: subject.id,
      kind: type,
      before: difference.before,
      after: { id: after.id, ...difference.after },
      actor: context.actor,
      correlationId: cause.correlationId,
      inboxEventId: cause.inboxEventId,
    })
    changes.outbox.push({
      ...owner,
      id: context.newId('event'),
      orderingKey: subject.id,
      sequence: subject.takeSequence(),
      partition: laneOf(subject.id),
      type,
      apiVersion: eventVersion,
      payload: { type, timestamp: context.at.toISOString(), data: shown },
      correlationId: cause.correlationId,
      traceContext: cause.traceContext,
    })
  }
  return true
}
