/**
 * Applies stored events once more, in the caller's transaction: the account is asked anew, facts are merged as at
 * the first time, and what was applied before changes nothing, because facts form a semilattice.
 *
 * An event at fault is undone to a savepoint and told of; the others of its batch are then applied one at a time.
 */
import type { NewId } from '../domain/ids.ts'
import type { LedgerAccounts } from '../ledger/accounts.ts'
import { inProviderOrder } from '../payments/subject.ts'
import { readClock } from '../store/clock.ts'
import type { Transaction } from '../store/db.ts'
import type { ClaimedEvent } from '../store/inbox-claims.ts'
import { recordOutcomes } from '../store/inbox-results.ts'
import { type AppliedEvent, applyEvents, type Fold } from './apply-events.ts'
import { classifyApplyError } from './classify-apply-error.ts'
import { type RoutedEvent, routeEvents } from './route-events.ts'
import type { WebhookError } from './webhook-error.ts'

export type ReplayDeps = {
  newId: NewId
  /** opened for each try: accounts that were made in a try that is undone are not there for the next */
  openLedgerAccounts: () => LedgerAccounts
}

export type ReplayedEvent = {
  /** the event that was asked for */
  id: string
  /** the one that was applied: another when it has moved to its own account */
  claimed: ClaimedEvent
  /** `changed`, `unchanged`: what it made of its payment */
  status: 'changed' | 'unchanged' | 'ignored' | 'parked' | 'failed'
  /** why it was ignored, or the code it failed of */
  reason: string | null
  paymentId: string | null
  /** changes a merchant sees, and journal entries */
  changeCount: number
  failure: WebhookError | undefined
}
export type Replayed = {
  events: ReplayedEvent[]
  /** events that were not asked for: they waited for one of these, and were applied with it */
  children: ReplayedEvent[]
  folds: Fold[]
}

/** Repeats of a batch that lost a race. */
const REPEAT_COUNT_MAX = 5

/** @throws when the database gives up; the transaction is then lost and nothing of it is written */
export async function replayEvents(
  tx: Transaction,
  events: ClaimedEvent[],
  deps: ReplayDeps,
): Promise<Replayed> {
  const together = await tryEvents(tx, events, deps)
  if (together.outcome === 'replayed') return together
  if (events.length === 1) {
    return { events: events.map(failedWith(together.failure)), children: [], folds: [] }
  }
  const all: Replayed = { events: [], children: [], folds: [] }
  for (const event of events) {
    // Alone, without the children it would bring back: one of them may be at fault.
    const alone = await tryEvents(tx, [event], { ...deps, childCountMax: 0 })
    if (alone.outcome === 'replayed') {
      all.events.push(...alone.events)
      all.children.push(...alone.children)
      all.folds.push(...alone.folds)
    } else all.events.push(failedWith(alone.failure)(event))
  }
  return all
}

const failedWith = (failure: WebhookError) => (claimed: ClaimedEvent) => ({
  id: claimed.id,
  claimed,
  status: 'failed' as const,
  reason: failure.code,
  paymentId: null,
  changeCount: 0,
  failure,
})

type Try = ({ outcome: 'replayed' } & Replayed) | { outcome: 'failed'; failure: WebhookError }

async function tryEvents(
  tx: Transaction,
  events: ClaimedEvent[],
  deps: ReplayDeps & { childCountMax?: number },
): Promise<Try> {
  for (let repeat = 0; ; repeat++) {
    await tx.query({ name: 'replay_savepoint', text: 'savepoint replay' })
    try {
      const replayed = await applyOnceMore(tx, events, deps)
      await tx.query({ name: 'replay_release', text: 'release savepoint replay' })
      return { outcome: 'replayed', ...replayed }
    } catch (error) {
      const failure = classifyApplyError(error)
      if (failure.type === 'unavailable') throw error
      await tx.query({ name: 'replay_rollback', text: 'rollback to savepoint replay' })
      if (failure.type === 'transient' && repeat < REPEAT_COUNT_MAX) continue
      return { outcome: 'failed', failure }
    }
  }
}

async function applyOnceMore(
  tx: Transaction,
  events: ClaimedEvent[],
  deps: ReplayDeps & { childCountMax?: number },
): Promise<Replayed> {
  const at = await readClock(tx)
  const routed = await routeEvents(tx, deps.newId, events)
  const ignored = routed.flatMap(asIgnored)
  const ignoredOutcomes = ignored.map(({ claimed, reason }) => ({
    inboxEventId: claimed.id,
    // As at intake: an event that belongs to nobody is told to nobody.
    owner: null,
    status: 'ignored' as const,
    reason,
    paymentId: null,
  }))
  const folds: Fold[] = []
  const owned = routed.filter(({ ignoredReason }) => ignoredReason === undefined)
  // An event and the copy of it that was made before may both be asked for; it is applied once.
  const once = new Map(owned.map(({ claimed }) => [claimed.id, claimed]))
  const { applied, outcomes } = await applyEvents(tx, [...once.values()], {
    ...deps,
    at,
    ledgerAccounts: deps.openLedgerAccounts(),
    onFolded: (fold) => folds.push(fold),
  })
  await recordOutcomes(tx, [...ignoredOutcomes, ...outcomes], at)
  const changeCounts = countChanges(folds)
  const replayed = applied.map((event) => presentApplied(event, changeCounts))
  const byId = new Map(replayed.map((event) => [event.id, event]))
  return {
    events: [
      ...ignored,
      ...owned.flatMap(({ id, claimed }) => {
        const event = byId.get(claimed.id)
        return event === undefined ? [] : [{ ...event, id }]
      }),
    ],
    children: replayed.filter((event) => !once.has(event.id)),
    folds,
  }
}

const asIgnored = ({ id, claimed, ignoredReason }: RoutedEvent) =>
  ignoredReason === undefined
    ? []
    : [
        {
          ...{ id, claimed, status: 'ignored' as const, reason: ignoredReason },
          ...{ paymentId: null, changeCount: 0, failure: undefined },
        },
      ]

function presentApplied(
  { claimed, status, paymentId, reason }: AppliedEvent,
  changeCounts: Map<string, number>,
): ReplayedEvent {
  const changeCount = changeCounts.get(claimed.id) ?? 0
  const made = changeCount > 0 ? ('changed' as const) : ('unchanged' as const)
  return {
    id: claimed.id,
    claimed,
    status: status === 'applied' ? made : status,
    reason: reason ?? null,
    paymentId,
    changeCount,
    failure: undefined,
  }
}

/** By event. An entry follows from all the facts of its payment; it is counted with the last event of the batch. */
function countChanges(folds: Fold[]): Map<string, number> {
  const counts = new Map<string, number>()
  const add = (id: string | null | undefined, count: number) => {
    if (id !== null && id !== undefined && count > 0) counts.set(id, (counts.get(id) ?? 0) + count)
  }
  for (const { subjects, changes } of folds) {
    for (const row of changes.history) add(row.inboxEventId, 1)
    for (const subject of subjects) {
      const entries = changes.entries.filter((entry) => entry.subjectId === subject.id)
      add(inProviderOrder(subject.events).at(-1)?.inboxEventId, entries.length)
    }
  }
  return counts
}
