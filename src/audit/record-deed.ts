/**
 * Audit: what people did to the system, written in the transaction of the deed.
 *
 * In: who, what, why. Out: one row of an append-only table.
 * Promise: a deed and its row exist together or not at all.
 * Imports store and domain only.
 */
import type { NewId } from '../domain/ids.ts'
import { type Actor, type AuditAction, appendAuditEntry } from '../store/audit-log.ts'
import type { Transaction } from '../store/db.ts'
import type { Scope } from '../store/list-page.ts'

/** Who does something for whom, why, and by which request. */
export type Deed = {
  scope: Scope
  actor: Actor
  reason: string | undefined
  requestId: string | undefined
}

/** Writes down, with the deed itself, that it was done. */
export async function recordDeed(
  tx: Transaction,
  newId: NewId,
  deed: Deed,
  what: { action: AuditAction; subjectId: string; details?: object },
): Promise<void> {
  await appendAuditEntry(tx, deed.scope, {
    id: newId('auditEntry'),
    actorType: deed.actor.type,
    actorId: deed.actor.id,
    action: what.action,
    subjectId: what.subjectId,
    reason: deed.reason ?? null,
    details: what.details ?? {},
    requestId: deed.requestId ?? null,
  })
}
