import type { NewId } from '../domain/ids.ts'
import { laneOf } from '../domain/lane.ts'
import type { OwnerColumns } from '../store/rows.ts'
import type { Changes } from './changes.ts'
import { differences } from './differences.ts'
import type { EventType } from './event-types.ts'
import type { FactEvent } from './subject.ts'

/** The dated version newly written events are rendered in. */
export const eventVersion = '2026-12-01'

export type ChangeContext = {
  newId: NewId
  /** the transaction's time */
  at: Date
  actor: string
}

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

/**
 * One change: an immutable history row, and an event that will leave. Both carry the correlation id of the event
 * that caused them.
 * @returns whether anything a person would see differs
 */
export function recordChange<Row extends OwnerColumns & { id: string }>(
  changes: Changes,
  context: ChangeContext,
  change: {
    cause: FactEvent
    subject: OwnerColumns & { id: string; takeSequence: () => bigint }
    before: Row | undefined
    after: Row
    types: EventType[]
    render: (row: Row) => object
  },
): boolean {
  const { before, after, cause, subject } = change
  const difference = differences(before, after, bookkeeping as unknown as (keyof Row)[])
  if (difference === undefined) return false
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
      payload: { type, timestamp: context.at.toISOString(), data: change.render(after) },
      correlationId: cause.correlationId,
    })
  }
  return true
}
