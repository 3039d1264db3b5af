import type { Queryable } from '../store/db.ts'
import type { InboxEventView } from '../store/inbox-reads.ts'
import { type InboxEventFilter, type InboxStatus, inboxStatuses } from '../store/inbox-selection.ts'
import type { Scope } from '../store/list-page.ts'
import { getPayment } from './find-payment.ts'
import type { Options } from './frame/command.ts'
import { UsageError } from './frame/failures.ts'

export const eventFilterOptions = {
  type: {
    summary: 'events of this type, or of all that begin so: charge.refunded, charge.*',
    value: '<type>',
  },
  status: { summary: 'events in this state', value: '<status>', choices: inboxStatuses },
  'reason-filter': {
    summary: 'why they were ignored, or the code they died of; beside --status ignored or dead',
    value: '<reason>',
  },
  payment: {
    summary: 'events applied to this payment, by its id or a reference of the provider',
    value: '<id>',
  },
} as const satisfies Options

type FilterValues = { [Name in keyof typeof eventFilterOptions]: string | undefined }

export async function readEventFilter(
  database: Queryable,
  scope: Scope,
  values: FilterValues,
): Promise<InboxEventFilter> {
  const { type, status, payment, 'reason-filter': reason } = values
  checkType(type)
  if (reason !== undefined && status !== 'ignored' && status !== 'dead') {
    throw new UsageError('--reason-filter needs --status ignored or --status dead beside it')
  }
  return {
    type,
    status: status as InboxStatus | undefined,
    reason,
    paymentId: payment === undefined ? undefined : (await getPayment(database, scope, payment)).id,
  }
}

/** @throws UsageError for a `*` that is not at the end */
export function checkType(type: string | undefined): void {
  if (type?.slice(0, -1).includes('*')) {
    throw new UsageError(`--type ${type}: may have a * at its end only`)
  }
}

/** The same filter for an event that is here already. */
export function matchesFilter(event: InboxEventView, filter: InboxEventFilter): boolean {
  return (
    (filter.type === undefined || matchesType(event.type, filter.type)) &&
    (filter.status === undefined || event.status === filter.status) &&
    (filter.reason === undefined || event.reason === filter.reason) &&
    (filter.paymentId === undefined || event.paymentId === filter.paymentId)
  )
}

/** `charge.*` is every type that begins with `charge.` */
function matchesType(type: string, wanted: string): boolean {
  return wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted
}
