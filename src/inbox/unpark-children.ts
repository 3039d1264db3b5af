import type { Transaction } from '../store/db.ts'
import { listParkedEvents } from '../store/inbox-claims.ts'
import type { ProviderObjectRow } from '../store/provider-objects.ts'
import { isKnown } from './assign-subjects.ts'
import type { EventGroup, GroupOf } from './group-events.ts'
import { extendLookUp, groupLockedEvents, type ObjectLookUp } from './look-up-objects.ts'
import { readEvent, type ToldEvent } from './read-event.ts'

/** A child can make its own references known, under which others are parked; the tree of a payment is this deep at most. */
const UNPARK_ROUND_COUNT_MAX = 8

/**
 * Brings back the children parked under references that this transaction makes known, and adds them to `events`. Only
 * a reference whose row was there without a subject can have children.
 * @returns the groups of all these events, and the ids of those that leave the parking place
 */
export async function unparkChildren(
  tx: Transaction,
  lookUp: ObjectLookUp,
  events: ToldEvent[],
  childCountMax: number,
): Promise<{ groupOf: GroupOf; unparked: string[]; queued: string[] }> {
  const unparked = new Set<string>()
  const claimed = new Set(events.map((event) => event.claimed.id))
  const queued = new Set<string>()
  const looked = new Set<string>()
  for (let round = 0; round < UNPARK_ROUND_COUNT_MAX; round++) {
    const groupOf = await groupLockedEvents(tx, lookUp, events)
    const opened = listOpened(lookUp, new Set(events.map(groupOf)), looked)
    if (opened.length === 0) return { groupOf, unparked: [...unparked], queued: [...queued] }
    const children = await listParkedEvents(
      tx,
      opened.map(({ providerAccountId, kind, reference }) => ({
        providerAccountId,
        kind,
        reference,
      })),
    )
    // A child waits under everything it names and may be found under several. One that is applied once more anyway
    // only has to leave.
    const once = [...new Map(children.map((child) => [child.id, child])).values()].filter(
      (child) => !unparked.has(child.id) && !queued.has(child.id),
    )
    for (const { id } of once) if (claimed.has(id)) unparked.add(id)
    const fresh = once.filter(({ id }) => !claimed.has(id))
    for (const child of fresh.splice(Math.max(0, childCountMax - unparked.size)))
      queued.add(child.id)
    const told = fresh
      .map(readEvent)
      .flatMap(({ claimed, facts }) => (facts.outcome === 'facts' ? [{ claimed, facts }] : []))
    await extendLookUp(tx, lookUp, told)
    for (const event of told) unparked.add(event.claimed.id)
    events.push(...told)
  }
  throw new Error(`children parked more than ${UNPARK_ROUND_COUNT_MAX} levels deep`)
}

/** References that become known with these events and may have had children waiting; each is told once. */
function listOpened(
  lookUp: ObjectLookUp,
  groups: Set<EventGroup>,
  looked: Set<string>,
): ProviderObjectRow[] {
  const opened: ProviderObjectRow[] = []
  for (const name of [...groups].filter(isKnown).flatMap((group) => group.names)) {
    const row = lookUp.found.get(name)
    if (row === undefined || row.subjectId !== null || looked.has(name)) continue
    looked.add(name)
    opened.push(row)
  }
  return opened
}
