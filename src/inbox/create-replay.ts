/** Replays as people order and stop them; each deed is in the audit log by the commit that does it. */
import { type Deed, recordDeed } from '../audit/record-deed.ts'
import { DomainError } from '../domain/errors.ts'
import type { NewId } from '../domain/ids.ts'
import type { Database, Queryable } from '../store/db.ts'
import type { InboxEventFilter } from '../store/inbox-selection.ts'
import { countInboxEvents } from '../store/replay-bounds.ts'
import { createReplayRow, findReplay, type ReplayView, stopReplayRow } from '../store/replays.ts'
import { checkEventFilter } from './check-event-filter.ts'

export type DeedDeps = { database: Pick<Database, 'query' | 'transaction'>; newId: NewId }

/** Orders a replay of everything the filter names that is here by now; a worker of the server does it. */
export async function createReplay(
  { database, newId }: DeedDeps,
  deed: Deed,
  filter: InboxEventFilter,
): Promise<ReplayView> {
  checkEventFilter(filter)
  const totalCount = await countInboxEvents(database, deed.scope, filter)
  const id = newId('replay')
  const { actor, reason } = deed
  await database.transaction(async (tx) => {
    await createReplayRow(tx, deed.scope, { id, filter, reason, actor, totalCount })
    const details = { filter, total_count: totalCount ?? null }
    await recordDeed(tx, newId, deed, { action: 'replay.created', subjectId: id, details })
  })
  return getReplay(database, deed, id)
}

/** Ends a replay after the batch that has committed; what is done stays done. @throws DomainError */
export async function stopReplay(
  { database, newId }: DeedDeps,
  deed: Deed,
  id: string,
): Promise<ReplayView> {
  await getReplay(database, deed, id)
  await database.transaction(async (tx) => {
    if (!(await stopReplayRow(tx, deed.scope, id))) throw new DomainError('replay_over')
    await recordDeed(tx, newId, deed, { action: 'replay.stopped', subjectId: id })
  })
  return getReplay(database, deed, id)
}

async function getReplay(
  database: Queryable,
  { scope }: Pick<Deed, 'scope'>,
  id: string,
): Promise<ReplayView> {
  const replay = await findReplay(database, scope, id)
  if (replay === undefined) throw new DomainError('not_found')
  return replay
}
