import { type Deed, recordDeed } from '../audit/record-deed.ts'
import { DomainError } from '../domain/errors.ts'
import type { DeedDeps } from '../inbox/create-replay.ts'
import { reviveHandlerRun } from '../store/handler-run-reads.ts'

/** Has a handler called once more for an event it was given up for. @throws DomainError `not_found` */
export async function retryRun(
  { database, newId }: DeedDeps,
  deed: Deed,
  id: string,
): Promise<void> {
  // PostgreSQL stores no NUL, so nothing with one is ever found.
  if (id.includes('\u0000')) throw new DomainError('not_found')
  await database.transaction(async (tx) => {
    const details = await reviveHandlerRun(tx, deed.scope, id)
    if (details === undefined) throw new DomainError('not_found')
    await recordDeed(tx, newId, deed, { action: 'handler_run.retried', subjectId: id, details })
  })
}
