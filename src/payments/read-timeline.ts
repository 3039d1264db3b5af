import { laneOf } from '../domain/lane.ts'
import type { Queryable } from '../store/db.ts'
import { listJournalEntries } from '../store/journal-reads.ts'
import type { Scope } from '../store/list-page.ts'
import { listAttemptsOf } from '../store/payment-attempts.ts'
import { listDuplicatesOf } from '../store/payment-duplicates.ts'
import { listPartsOf } from '../store/payment-merges.ts'
import type { PaymentRow } from '../store/rows.ts'
import {
  listInboxEventsOf,
  listOutboxEventsOf,
  listReferencesOf,
  listStateChanges,
  TIMELINE_ITEMS_PER_KIND_MAX,
} from '../store/timeline.ts'
import { buildTimeline, type Timeline } from './timeline.ts'

/** Everything known of the payment, at most 500 items of each kind, the oldest first. */
export async function readTimeline(
  database: Queryable,
  scope: Scope,
  payment: PaymentRow,
): Promise<Timeline> {
  const duplicates = await listDuplicatesOf(database, scope, payment.id)
  const duplicateIds = duplicates.map(({ id }) => id)
  const partIds = await listPartsOf(database, scope, payment.id)
  const subjectIds = [...partIds, ...duplicateIds]
  const references = await listReferencesOf(database, scope, payment.id)
  const orderingKeys = [payment.id, ...references]
  const lanes = [...new Set(orderingKeys.map(laneOf))]
  const journal = await listJournalEntries(
    database,
    scope,
    { subjectIds },
    { limit: TIMELINE_ITEMS_PER_KIND_MAX, after: undefined, order: 'oldest_first' },
  )
  return buildTimeline({
    payment,
    duplicates,
    attempts: await listAttemptsOf(database, scope, subjectIds),
    inboxEvents: await listInboxEventsOf(database, scope, {
      id: payment.id,
      orderingKeys,
      lanes,
    }),
    stateChanges: await listStateChanges(database, scope, subjectIds),
    journalEntries: journal.items,
    outboxEvents: await listOutboxEventsOf(database, scope, subjectIds),
  })
}
