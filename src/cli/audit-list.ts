import { presentAuditEntry } from '../audit/present-audit-entry.ts'
import { listAuditEntries } from '../store/audit-log.ts'
import { formatTable } from './format-table.ts'
import { defineCommand } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import { openScope } from './open-scope.ts'
import { noteNextPage, readPageOptions } from './read-page.ts'
import { shownTime } from './render-event.ts'
import { whoOf } from './render-replay.ts'
import { pageOptions, scopeOptions } from './shared-options.ts'

export const auditListCommand = defineCommand({
  name: 'audit list',
  summary: 'List what people did: who replayed, stopped, retried or set aside what, and why.',
  options: {
    subject: {
      summary:
        'deeds on this event (pev_...), replay (rpl_...), run (pev_….name) or handler (name)',
      value: '<id>',
    },
    ...pageOptions,
    ...scopeOptions,
  },
  examples: [
    ['payonce audit list', 'newest first'],
    ['payonce audit list --subject rpl_…', 'who ordered it, and who stopped it'],
  ],
  run: async (call) => {
    const { values, output } = call
    const page = readPageOptions('auditEntry', values)
    const { database, scope } = await openScope(call)
    const filter = { subjectId: values.subject }
    const found = await listAuditEntries(database, scope, filter, page)
    const items = found.items.map(presentAuditEntry)
    if (output.json) {
      output.document({ items, next_before: found.nextCursor ?? null })
      return exitCodes.done
    }
    if (items.length === 0) output.line('No deeds.')
    else {
      const rows = items.map((entry) => [
        shownTime(entry.created_at),
        whoOf(entry.actor),
        entry.action,
        entry.subject_id,
        entry.reason ?? '',
      ])
      output.line(formatTable(['AT', 'WHO', 'DID', 'TO', 'WHY'], rows))
    }
    noteNextPage(output, found.nextCursor)
    return exitCodes.done
  },
})
