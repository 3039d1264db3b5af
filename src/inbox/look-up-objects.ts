import { noFacts } from '../domain/facts.ts'
import type { ProviderObjectName } from '../domain/provider-event.ts'
import type { Transaction } from '../store/db.ts'
import {
  lockProviderObjects,
  type ObjectKey,
  type ProviderObjectRow,
} from '../store/provider-objects.ts'
import { type KnownSubjects, knownName, type ToldEvent } from './assign-subjects.ts'

export type ObjectLookUp = {
  /** rows that exist, locked, by name */
  found: Map<string, ProviderObjectRow>
  /** what each known name belongs to */
  known: KnownSubjects
  /** names that have no row yet; one is inserted for each, so that two transactions cannot miss each other */
  placeholders: ProviderObjectRow[]
  nameOf(row: ObjectKey): string
}

/** Looks up and locks every reference the events name: their objects and their parents. */
export async function lookUpObjects(tx: Transaction, events: ToldEvent[]): Promise<ObjectLookUp> {
  const lookUp: ObjectLookUp = {
    found: new Map(),
    known: new Map(),
    placeholders: [],
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
  for (const { claimed, facts } of events) {
    const names: ProviderObjectName[] = [facts.subject, ...facts.parents, ...facts.assertions]
    for (const { kind, reference } of names) {
      const { providerAccountId, merchantId, livemode } = claimed
      const owner = { providerAccountId, merchantId, livemode }
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
  const rows = await lockProviderObjects(tx, [...asked.values()])
  for (const row of rows) {
    const name = lookUp.nameOf(row)
    lookUp.found.set(name, row)
    if (row.subjectId !== null) lookUp.known.set(name, row.subjectId)
    asked.delete(name)
  }
  lookUp.placeholders.push(...asked.values())
}
