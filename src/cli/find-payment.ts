import { isId } from '../domain/ids.ts'
import { laneOf } from '../domain/lane.ts'
import type { Queryable } from '../store/db.ts'
import type { InboxStatus } from '../store/inbox-selection.ts'
import type { Scope } from '../store/list-page.ts'
import { findSubjectId } from '../store/payment-references.ts'
import { findPayment, findPaymentByReference } from '../store/payments.ts'
import type { PaymentRow } from '../store/rows.ts'
import { listEventsNaming } from '../store/timeline.ts'
import { NotFoundError } from './frame/failures.ts'
import { printable } from './frame/printable.ts'

/**
 * By our id, by what the provider calls it or anything that hangs on it (an intent, a charge, a refund), or by the
 * merchant's own reference. One that turned out to be part of another is that other one.
 */
export async function getPayment(
  database: Queryable,
  scope: Scope,
  id: string,
): Promise<PaymentRow> {
  const ours = isId('payment', id) ? id : await findSubjectId(database, scope, id)
  const found =
    ours === undefined
      ? await findPaymentByReference(database, scope, id)
      : await findPayment(database, scope, ours)
  const into = found?.mergedIntoPaymentId ?? undefined
  const payment = into === undefined ? found : await findPayment(database, scope, into)
  if (payment !== undefined) return payment
  const mode = scope.livemode ? 'live' : 'test'
  throw new NotFoundError(
    [
      `There is no payment ${id} in ${mode} mode; --${scope.livemode ? 'test' : 'live'} looks in the other one.`,
      ...(await tellEventsNaming(database, scope, id)),
    ].join('\n'),
  )
}

const EVENTS_TOLD_MAX = 5
const fates: Record<InboxStatus, string> = {
  dead: 'was given up',
  parked: 'is parked until its payment is known',
  waiting: 'waits to be applied',
  ignored: 'was ignored',
  applied: 'was applied',
}

/** There may be no payment because of what became of the events that tell of it. */
async function tellEventsNaming(database: Queryable, scope: Scope, id: string): Promise<string[]> {
  // PostgreSQL stores no NUL, so nothing with one is ever found.
  if (isId('payment', id) || id.includes('\u0000')) return []
  const told = { reference: id, lane: laneOf(id), limit: EVENTS_TOLD_MAX }
  const events = await listEventsNaming(database, scope, told)
  return events.map(({ eventId, type, status, reason }) => {
    const why = reason === null ? '' : ` (${reason})`
    return printable(
      `${eventId} (${type}) names it and ${fates[status]}${why}: npx payonce events show ${eventId}`,
    )
  })
}
