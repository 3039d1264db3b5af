import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { presentAuditEntry } from '../../audit/present-audit-entry.ts'
import { listAuditEntries } from '../../store/audit-log.ts'
import type { Queryable } from '../../store/db.ts'
import { callerOf } from '../authentication.ts'
import { presentPage, readPage } from '../cursor.ts'
import { filterText, pageOf, pageQuery, query } from '../schema/common.ts'
import { auditEntrySchema } from '../schema/replays.ts'

/** `GET /audit-log`: who did what, why and when. */
export function auditLogRoutes({ database }: { database: Queryable }) {
  return async (instance: FastifyInstance): Promise<void> => {
    const app = instance.withTypeProvider<TypeBoxTypeProvider>()
    app.get(
      '/audit-log',
      {
        schema: {
          summary: 'List what people did, newest first',
          tags: ['Audit log'],
          querystring: query({
            subject_id: filterText('deeds on this event, replay, run of a handler, or handler'),
            ...pageQuery,
          }),
          response: { 200: pageOf(auditEntrySchema) },
        },
      },
      async (request) => {
        const { subject_id: subjectId, ...rest } = request.query
        const page = readPage('auditEntry', rest)
        const found = await listAuditEntries(database, callerOf(request), { subjectId }, page)
        return presentPage(found, presentAuditEntry)
      },
    )
  }
}
