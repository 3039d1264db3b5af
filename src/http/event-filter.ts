import { DomainError } from '../domain/errors.ts'
import { checkEventFilter } from '../inbox/check-event-filter.ts'
import { findEvent } from '../inbox/find-event.ts'
import type { Queryable } from '../store/db.ts'
import type { InboxEventFilter, InboxStatus } from '../store/inbox-selection.ts'
import type { Scope } from '../store/list-page.ts'
import { readPaymentId, readRange } from './query.ts'

export type SentFilter = {
  type?: string
  status?: InboxStatus
  reason?: string
  payment_id?: string
  provider?: string
  received_from?: string
  received_to?: string
}

/** A filter as it was sent. @param at where it lies in a body, such as `filter/` */
export function readEventFilter(sent: SentFilter, at = ''): InboxEventFilter {
  const fromName = `${at}received_from`
  const toName = `${at}received_to`
  const times = { [fromName]: sent.received_from, [toName]: sent.received_to }
  const { from, to } = readRange(times, fromName, toName)
  const { type, status, reason, provider } = sent
  const paymentId = readPaymentId(`${at}payment_id`, sent.payment_id)
  const filter = { type, status, reason, provider, paymentId, receivedFrom: from, receivedTo: to }
  checkEventFilter(filter, at)
  return filter
}

/** Our ids of these events, named by either id. @throws DomainError `not_found` for one the caller does not have */
export async function readEventIds(
  database: Queryable,
  scope: Scope,
  ids: string[],
): Promise<string[]> {
  const found: string[] = []
  for (const id of ids) {
    const event = await findEvent(database, scope, id)
    if (event === undefined) throw new DomainError('not_found')
    found.push(event.id)
  }
  return [...new Set(found)]
}
