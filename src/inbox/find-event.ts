import { DomainError } from '../domain/errors.ts'
import { isId } from '../domain/ids.ts'
import type { Queryable } from '../store/db.ts'
import {
  findInboxEvent,
  type InboxEventView,
  listProviderAccountIds,
} from '../store/inbox-reads.ts'
import type { Scope } from '../store/list-page.ts'
import { dedupeDigest } from './build-intake-row.ts'

/**
 * An event by our id or the provider's own. The provider's is unique per account only, so it is looked for at each
 * account of the merchant.
 */
export async function findEvent(
  database: Queryable,
  scope: Scope,
  id: string,
): Promise<InboxEventView | undefined> {
  if (isId('inboxEvent', id)) return findInboxEvent(database, scope, { id })
  // PostgreSQL stores no NUL, so nothing with one is ever found.
  if (id.includes('\u0000')) return undefined
  const accountIds = await listProviderAccountIds(database, scope.merchantId)
  const digests = accountIds.map((accountId) => dedupeDigest(accountId, id))
  return findInboxEvent(database, scope, { digests })
}

/** @throws DomainError `not_found`, also for what is another merchant's */
export async function getEvent(
  database: Queryable,
  scope: Scope,
  id: string,
): Promise<InboxEventView> {
  const event = await findEvent(database, scope, id)
  if (event === undefined) throw new DomainError('not_found')
  return event
}
