/** What people do with dead letters: try one again with all its attempts, try many, set one aside for good. */
import { type Deed, recordDeed } from '../audit/record-deed.ts'
import { DomainError } from '../domain/errors.ts'
import { requeueDeadLetter, setDeadLetterAside } from '../store/dead-letters.ts'
import type { InboxEventView } from '../store/inbox-reads.ts'
import type { ReplayView } from '../store/replays.ts'
import { createReplay, type DeedDeps } from './create-replay.ts'
import { getEvent } from './find-event.ts'

/** Queues the event anew. @param id ours, or the provider's @returns our id @throws DomainError `not_found`, `event_not_dead` */
export async function retryDeadLetter(
  { database, newId }: DeedDeps,
  deed: Deed,
  id: string,
): Promise<string> {
  const event = await getEvent(database, deed.scope, id)
  await database.transaction(async (tx) => {
    const details = { code: event.reason }
    if (!(await requeueDeadLetter(tx, deed.scope, event.id))) throw notDead(event)
    const what = { action: 'dead_letter.retried', subjectId: event.id, details } as const
    await recordDeed(tx, newId, deed, what)
  })
  return event.id
}

export type DeadLetterFilter = { code?: string | undefined; type?: string | undefined }

/**
 * Has every dead letter the filter names applied again, but for those set aside. A replay does it, batch by batch,
 * because a queue filled with thousands of events that failed before would hold up those that came just now.
 */
export function retryDeadLetters(
  deps: DeedDeps,
  deed: Deed,
  { code, type }: DeadLetterFilter,
): Promise<ReplayView> {
  return createReplay(deps, deed, { status: 'dead', setAside: false, reason: code, type })
}

/** Takes the dead letter off the list and out of the metric; it stays stored and readable. @throws DomainError */
export async function setAside(
  { database, newId }: DeedDeps,
  deed: Deed & { reason: string },
  id: string,
): Promise<string> {
  const event = await getEvent(database, deed.scope, id)
  await database.transaction(async (tx) => {
    const letter = { inboxEventId: event.id, reason: deed.reason, by: deed.actor.id }
    if (!(await setDeadLetterAside(tx, deed.scope, letter))) throw notDead(event)
    const details = { code: event.reason }
    const what = { action: 'dead_letter.set_aside', subjectId: event.id, details } as const
    await recordDeed(tx, newId, deed, what)
  })
  return event.id
}

function notDead({ id, status }: InboxEventView): DomainError {
  return new DomainError('event_not_dead', {
    public: `${id} is ${status}: only an event that was given up can be retried or set aside.`,
  })
}
