/** The audit log: who did what, why and when. Rows are appended in the commit of the deed and never change. */
import type { Queryable, Transaction } from './db.ts'
import { listPage, type Page, type PageOptions, type Scope, when } from './list-page.ts'

export const actorTypes = ['api_key', 'command_line'] as const
/** Who acts: an API key by its id, or the user of a command line by name. */
export type Actor = { type: (typeof actorTypes)[number]; id: string }

export const auditActions = [
  'replay.created',
  'replay.stopped',
  'dead_letter.retried',
  'dead_letter.set_aside',
  'handler_run.retried',
  'handler.removed',
] as const
export type AuditAction = (typeof auditActions)[number]

export type AuditEntry = {
  id: string
  actorType: Actor['type']
  actorId: string
  action: AuditAction
  subjectId: string
  reason: string | null
  details: object
  requestId: string | null
  createdAt: Date
}

export async function appendAuditEntry(
  tx: Transaction,
  scope: Scope,
  entry: Omit<AuditEntry, 'createdAt'>,
): Promise<void> {
  await tx.query({
    name: 'audit_log_append',
    text: `insert into audit_log (id, merchant_id, livemode, actor_type, actor_id, action, subject_id, reason, details,
        request_id, created_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, payonce_clock())`,
    values: [
      entry.id,
      scope.merchantId,
      scope.livemode,
      entry.actorType,
      entry.actorId,
      entry.action,
      entry.subjectId,
      entry.reason,
      JSON.stringify(entry.details),
      entry.requestId,
    ],
  })
}

export function listAuditEntries(
  database: Queryable,
  scope: Scope,
  filter: { subjectId: string | undefined },
  page: PageOptions,
): Promise<Page<AuditEntry>> {
  const list = {
    name: 'audit_log_list',
    select: `select t.id, t.actor_type as "actorType", t.actor_id as "actorId", t.action, t.subject_id as "subjectId",
      t.reason, t.details, t.request_id as "requestId", t.created_at as "createdAt" from audit_log t`,
  }
  return listPage<AuditEntry>(database, list, scope, page, {
    conditions: when(filter.subjectId, 'subject', 't.subject_id = ?'),
    keyOf: (row) => row.id,
  })
}
