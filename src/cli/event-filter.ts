import type { Queryable } from '../store/db.ts'
import type { InboxEventFilter, InboxEventView } from '../store/inbox-reads.ts'
import { type InboxStatus, inboxStatuses } from '../store/inbox-reads.ts'
import type { Scope } from '../store/list-page.ts'
import { getPayment } from './find-payment.ts'
import type { Options } from './frame/command.ts'

export const eventFilterOptions = {
  type: {
    summary: 'events of this type, or of all that begin so: charge.refunded, charge.*',
    value: '<type>',
  },
  status: { summary: 'events in this state', value: '<status>', choices: inboxStatuses },
  payment: {
    summary: 'events applied to this payment, by its id or a reference of the provider',
    value: '<id>',
  },
} as const satisfies Options

type FilterValues = { [Name in keyof typeof eventFilterOptions]: string | undefined }

export async function readEventFilter(
  database: Queryable,
  scope: Scope,
  { type, status, payment }: FilterValues,
): Promise<InboxEventFilter> {
  const isPrefix = type?.endsWith('*') ?? false
  return {
    type: isPrefix ? undefined : type,
    typePrefix: isPrefix ? type?.slice(0, -1) : undefined,
    status: status as InboxStatus | undefined,
    paymentId: payment === undefined ? undefined : (await getPayment(database, scope, payment)).id,
  }
}

/** The same filter for an event that is here already. */
export function matchesFilter(event: InboxEventView, filter: InboxEventFilter): boolean {
  return (
    (filter.type === undefined || event.type === filter.type) &&
    (filter.typePrefix === undefined || event.type.startsWith(filter.typePrefix)) &&
    (filter.status === undefined || event.status === filter.status) &&
    (filter.paymentId === undefined || event.paymentId === filter.paymentId)
  )
}
