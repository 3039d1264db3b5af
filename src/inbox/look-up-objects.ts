import { noFacts } from '../domain/facts.ts'
import type { Transaction } from '../store/db.ts'
import {
  lockObjectsOfSubjects,
  lockProviderObjects,
  type ObjectKey,
  type ProviderObjectRow,
} from '../store/provider-objects.ts'
import { doubtfulSubjects, type KnownSubjects } from './assign-subjects.ts'
import { type GroupOf, groupEvents, knownName, namesOf } from './group-events.ts'
import type { ToldEvent } from './read-event.ts'

export type ObjectLookUp = {
  /** rows that exist, locked, by name */
  found: Map<string, ProviderObjectRow>
  /** what each known name belongs to */
  known: KnownSubjects
  /** names that have no row yet; one is inserted for each, so that two transactions cannot miss each other */
  placeholders: ProviderObjectRow[]
  /** payments and payouts all of whose objects are locked and known */
  whole: Set<string>
  nameOf(row: ObjectKey): string
}

/** Looks up and locks every reference the events name: their objects and their parents. */
export async function lookUpObjects(tx: Transaction, events: ToldEvent[]): Promise<ObjectLookUp> {
  const lookUp: ObjectLookUp = {
    found: new Map(),
    known: new Map(),
    placeholders: [],
    whole: new Set(),
    nameOf: (row) => knownName(row.providerAccountId, row),
  }
  await extendLookUp(tx, lookUp, events)
  return lookUp
}

/** Adds the references of further events; those already looked up are not asked for again. */
export async function extendLookUp(
  tx: Transaction,
  lookUp: ObjectLookUp,
  events: ToldEvent[],
): Promise<void> {
  const asked = new Map<string, ProviderObjectRow>()
  const alreadyAsked = new Set(lookUp.placeholders.map(lookUp.nameOf))
  for (const event of events) {
    const { providerAccountId, merchantId, livemode } = event.claimed
    const owner = { providerAccountId, merchantId, livemode }
    for (const { kind, reference } of namesOf(event)) {
      const row = {
        ...owner,
        kind,
        reference,
        subjectId: null,
        facts: noFacts,
        isNew: true as const,
      }
      const name = lookUp.nameOf(row)
      if (!lookUp.found.has(name) && !alreadyAsked.has(name)) asked.set(name, row)
    }
  }
  for (const row of await lockProviderObjects(tx, [...asked.values()])) {
    keepFound(lookUp, row)
    asked.delete(lookUp.nameOf(row))
  }
  lookUp.placeholders.push(...asked.values())
}

/**
 * Groups events; where a group is in doubt, everything of the payments it names is locked and looked up first. A
 * payment that is about to become part of another one is locked with all its objects, before it is locked itself:
 * whoever finds a payment by one of them waits.
 */
export async function groupLockedEvents(
  tx: Transaction,
  lookUp: ObjectLookUp,
  events: ToldEvent[],
): Promise<GroupOf> {
  const groupOf = groupEvents(events, lookUp.known)
  const doubtful = new Set<string>()
  for (const group of new Set(events.map(groupOf))) {
    for (const id of doubtfulSubjects(group, lookUp.known)) {
      if (!lookUp.whole.has(id)) doubtful.add(id)
    }
  }
  if (doubtful.size === 0) return groupOf
  for (const id of doubtful) lookUp.whole.add(id)
  for (const row of await lockObjectsOfSubjects(tx, [...doubtful])) keepFound(lookUp, row)
  return groupLockedEvents(tx, lookUp, events)
}

function keepFound(lookUp: ObjectLookUp, row: ProviderObjectRow): void {
  const name = lookUp.nameOf(row)
  lookUp.found.set(name, row)
  if (row.subjectId !== null) lookUp.known.set(name, row.subjectId)
}
