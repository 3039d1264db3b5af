/** Who types a command, as the audit log keeps it. */
import { userInfo } from 'node:os'
import type { Deed } from '../audit/record-deed.ts'
import type { Scope } from '../store/list-page.ts'
import { UsageError } from './frame/failures.ts'

const REASON_LENGTH_MAX = 500

/** @param reason why, in the operator's words; kept for good */
export function deedOf<Reason extends string | undefined>(
  scope: Scope,
  reason: Reason,
): Deed & { reason: Reason } {
  return { ...actorOf(reason), scope }
}

/** The same, of a deed that concerns every merchant. */
export function actorOf<Reason extends string | undefined>(
  reason: Reason,
): Omit<Deed, 'scope'> & { reason: Reason } {
  if (reason !== undefined && (reason.trim() === '' || reason.length > REASON_LENGTH_MAX)) {
    throw new UsageError(`--reason must be 1 to ${REASON_LENGTH_MAX} characters`)
  }
  return {
    actor: { type: 'command_line', id: operatorName() },
    reason,
    requestId: undefined,
  }
}

/** The user of the operating system; a container may run as a number that has no name. */
export function operatorName(readUser: () => { username: string } = userInfo): string {
  try {
    const { username } = readUser()
    if (username !== '') return username
  } catch {
    // No entry in the list of users.
  }
  return `uid ${process.getuid?.() ?? 'unknown'}`
}
