import type { NewId } from '../domain/ids.ts'
import type { EventGroup, GroupOf } from './group-events.ts'
import type { ToldEvent } from './read-event.ts'

/** Which payment or payout each object belongs to; completed when events are assigned. */
export type KnownSubjects = Map<string, string>

export type Assignment = {
  assigned: { event: ToldEvent; subjectId: string }[]
  /** children whose root is not known */
  parked: ToldEvent[]
  /** ids made for roots nobody knew */
  adopted: Set<string>
  /** payments that turned out to be another one: the id of each, and of the one that remains */
  merged: Map<string, string>
  /**
   * adopted only to be undone: the id of each, and of the payment whose operation had this second effect; after that one,
   * where it is itself among them
   */
  duplicates: Map<string, string>
}

/**
 * Gives each group of events its payment: the known one, a new one where a root is among them, none while there are
 * only children. Of several known payments that turn out to be one, the oldest remains, but for those that have to.
 * @param remaining payments that remain whichever is older: a merchant was given their id, or they are to be undone
 */
export function assignSubjects(
  events: ToldEvent[],
  groupOf: GroupOf,
  subjects: KnownSubjects,
  newId: NewId,
  remaining: ReadonlySet<string>,
): Assignment {
  const result: Assignment = {
    assigned: [],
    parked: [],
    ...{ adopted: new Set(), merged: new Map(), duplicates: new Map() },
  }
  const settled = new Map<EventGroup, string>()
  const subjectOf = (group: EventGroup): string => {
    const found = settled.get(group)
    if (found !== undefined) return found
    const { rivalOf } = group
    const originalId = rivalOf !== undefined && isKnown(rivalOf) ? subjectOf(rivalOf) : undefined
    const subjectId = settle(group, originalId, result, newId, remaining)
    settled.set(group, subjectId)
    for (const name of group.names) subjects.set(name, subjectId)
    return subjectId
  }
  for (const event of events) {
    const group = groupOf(event)
    if (isKnown(group)) result.assigned.push({ event, subjectId: subjectOf(group) })
    else result.parked.push(event)
  }
  return result
}

/** Whether its events can be applied: its payment is known, or a root makes it known, or it is a duplicate of a known one. */
export function isKnown({ subjectIds, rootKind, rivalOf }: EventGroup): boolean {
  const isItself = subjectIds.length > 0 || rootKind !== undefined
  return isItself || (rivalOf !== undefined && isKnown(rivalOf))
}

/**
 * Payments of which more has to be known before a group is settled: those that turn out to be one, and one that is
 * named together with an intent not known to be its own.
 */
export function doubtfulSubjects(group: EventGroup, subjects: KnownSubjects): string[] {
  const { subjectIds, intent } = group
  const isPlain =
    subjectIds.length === 1 && (intent === undefined || subjects.get(intent) === subjectIds[0])
  return isPlain ? [] : subjectIds
}

function settle(
  group: EventGroup,
  originalId: string | undefined,
  result: Assignment,
  newId: NewId,
  remaining: ReadonlySet<string>,
): string {
  // Ids sort by time: the oldest payment is the one a merchant has known longest.
  const sorted = group.subjectIds.toSorted()
  const [oldest, ...others] = [
    ...sorted.filter((id) => remaining.has(id)),
    ...sorted.filter((id) => !remaining.has(id)),
  ]
  if (oldest === undefined) {
    const adopted = newId(group.rootKind ?? 'payment')
    result.adopted.add(adopted)
    if (originalId !== undefined) result.duplicates.set(adopted, originalId)
    return adopted
  }
  for (const other of others) result.merged.set(other, oldest)
  return oldest
}
