import type { NewId } from '../domain/ids.ts'
import type { Transaction } from '../store/db.ts'
import { listParkedEvents } from '../store/inbox-claims.ts'
import { type Assignment, assignSubjects } from './assign-subjects.ts'
import { extendLookUp, type ObjectLookUp } from './look-up-objects.ts'
import { readEvent } from './read-event.ts'

/** A child can make its own references known, under which others are parked; the tree of a payment is this deep at most. */
const UNPARK_ROUND_COUNT_MAX = 8

/**
 * Brings back the children parked under references that this transaction makes known, and assigns them. Only a
 * reference whose row was there without a subject can have children.
 * @returns ids of the events that leave the parking place
 */
export async function unparkChildren(
  tx: Transaction,
  lookUp: ObjectLookUp,
  assignment: Assignment,
  newId: NewId,
  childCountMax: number,
): Promise<{ unparked: string[]; queued: string[] }> {
  const unparked = new Set<string>()
  const queued = new Set<string>()
  const looked = new Set<string>()
  for (let round = 0; round < UNPARK_ROUND_COUNT_MAX; round++) {
    const opened = [...lookUp.found].filter(
      ([name, row]) => row.subjectId === null && lookUp.known.has(name) && !looked.has(name),
    )
    if (opened.length === 0) return { unparked: [...unparked], queued: [...queued] }
    for (const [name] of opened) looked.add(name)
    const children = await listParkedEvents(
      tx,
      opened.map(([, { providerAccountId, kind, reference }]) => ({
        providerAccountId,
        kind,
        reference,
      })),
    )
    // A child waits under each of its parents and may be found under several.
    const once = [...new Map(children.map((child) => [child.id, child])).values()].filter(
      (child) => !unparked.has(child.id) && !queued.has(child.id),
    )
    for (const child of once.splice(Math.max(0, childCountMax - unparked.size)))
      queued.add(child.id)
    const told = once
      .map(readEvent)
      .flatMap(({ claimed, facts }) => (facts.outcome === 'facts' ? [{ claimed, facts }] : []))
    await extendLookUp(tx, lookUp, told)
    const next = assignSubjects(told, lookUp.known, newId)
    assignment.assigned.push(...next.assigned)
    // What the children made known may be what an event of this very batch was about to wait for.
    const late = assignSubjects(assignment.parked, lookUp.known, newId)
    assignment.assigned.push(...late.assigned)
    assignment.parked = late.parked
    for (const id of next.adopted) assignment.adopted.add(id)
    for (const { event } of next.assigned) unparked.add(event.claimed.id)
  }
  throw new Error(`children parked more than ${UNPARK_ROUND_COUNT_MAX} levels deep`)
}
