import type { AuditEntry } from '../store/audit-log.ts'

/** A deed on the wire. */
export function presentAuditEntry(entry: AuditEntry) {
  return {
    id: entry.id,
    actor: { type: entry.actorType, id: entry.actorId },
    action: entry.action,
    subject_id: entry.subjectId,
    reason: entry.reason,
    details: entry.details,
    request_id: entry.requestId,
    created_at: entry.createdAt.toISOString(),
  }
}
