/**
 * A dry run: the events are truly applied, in a transaction that is then undone, so its answer is what a replay
 * would do. It gives way to live work: it waits for a lock shorter than PostgreSQL takes to look for a deadlock, one
 * runs at a time over all processes, and it ends by itself. Only sequence numbers are spent, which mean nothing.
 */
import { DomainError } from '../domain/errors.ts'
import type { NewId } from '../domain/ids.ts'
import { openLedgerAccounts } from '../ledger/accounts.ts'
import type { Database, Transaction } from '../store/db.ts'
import type { ClaimedEvent } from '../store/inbox-claims.ts'
import { listEventsToReplay } from '../store/inbox-replays.ts'
import { type InboxEventFilter, listInboxEventIds } from '../store/inbox-selection.ts'
import type { Scope } from '../store/list-page.ts'
import { boundWaits, isGivenUp, tryDryRunTurn } from '../store/replay-bounds.ts'
import { checkEventFilter } from './check-event-filter.ts'
import { openSubjectEffects, type SubjectEffect } from './replay-effects.ts'
import { type ReplayedEvent, replayEvents } from './replay-events.ts'

export const DRY_RUN_EVENT_COUNT_MAX = 1_000
const BATCH_COUNT_MAX = 100
/** Below PostgreSQL's deadlock_timeout of 1 s: in a tie it is the dry run that gives up. */
const LOCK_MS_MAX = 300
const DRY_RUN_MS_MAX = 5_000
const RETRY_AFTER_SECONDS = 2

export type DryRun = {
  events: ReplayedEvent[]
  /** events whose payload is archived */
  archivedIds: string[]
  /** payments and payouts of the caller the events belong to */
  subjects: SubjectEffect[]
}

/** @throws DomainError `dry_run_too_large`, `dry_run_busy` */
export async function dryRunReplay(
  database: Pick<Database, 'transaction'>,
  newId: NewId,
  scope: Scope,
  filter: InboxEventFilter,
): Promise<DryRun> {
  checkEventFilter(filter)
  let result: DryRun | undefined
  try {
    await database.transaction(async (tx) => {
      result = await applyAll(tx, newId, scope, filter)
      throw new Undo()
    })
  } catch (error) {
    if (isGivenUp(error)) throw busy(error)
    if (!(error instanceof Undo)) throw error
  }
  if (result === undefined) throw new Error('the dry run ended without a result')
  return result
}

/** Ends the transaction without a trace. */
class Undo extends Error {
  override readonly name = 'Undo'
}

async function applyAll(
  tx: Transaction,
  newId: NewId,
  scope: Scope,
  filter: InboxEventFilter,
): Promise<DryRun> {
  const until = performance.now() + DRY_RUN_MS_MAX
  await boundWaits(tx, { lockMs: LOCK_MS_MAX, statementMs: DRY_RUN_MS_MAX })
  if (!(await tryDryRunTurn(tx))) throw busy()
  const limit = DRY_RUN_EVENT_COUNT_MAX + 1
  let rest = await listInboxEventIds(tx, scope, filter, { order: 'oldest_first', after: '', limit })
  if (rest.length === limit) {
    throw new DomainError('dry_run_too_large', {
      public: `The filter names more than ${DRY_RUN_EVENT_COUNT_MAX} events, the most a dry run applies.`,
    })
  }
  // Accounts opened in this transaction go with it.
  const deps = { newId, openLedgerAccounts: () => openLedgerAccounts(tx, newId) }
  const effects = openSubjectEffects(scope)
  const result: DryRun = { events: [], archivedIds: [], subjects: [] }
  while (rest.length > 0) {
    if (performance.now() > until) throw busy()
    const stored = await listEventsToReplay(tx, rest.slice(0, BATCH_COUNT_MAX))
    if (stored.length === 0) break
    rest = rest.slice(stored.length)
    const events = stored.filter((event): event is ClaimedEvent => event.body !== null)
    result.archivedIds.push(...stored.flatMap(({ id, body }) => (body === null ? [id] : [])))
    const replayed = await replayEvents(tx, events, deps)
    result.events.push(...replayed.events)
    // What was parked in an earlier batch is told as what became of it.
    const children = new Map(replayed.children.map((child) => [child.id, child]))
    result.events = result.events.map((event) =>
      event.status === 'parked' ? (children.get(event.id) ?? event) : event,
    )
    for (const fold of replayed.folds) effects.add(fold)
  }
  return { ...result, subjects: effects.all() }
}

function busy(cause?: unknown): DomainError {
  return new DomainError('dry_run_busy', { retryAfterSeconds: RETRY_AFTER_SECONDS, cause })
}
