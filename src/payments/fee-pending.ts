import type { Movement } from '../domain/money-facts.ts'
import type { ProviderObject } from '../domain/provider-object.ts'
import type { BookedFact } from '../store/journal.ts'
import type { OwnerColumns } from '../store/rows.ts'
import type { FeePendingChange } from './changes.ts'

type Fact = { kind: string; reference: string; effectiveAt: Date; currency: string }

/** References of the charges whose fee the provider has told, a fee of zero included: that one books nothing. */
export function toldFees(objects: Iterable<ProviderObject>): Set<string> {
  const told = new Set<string>()
  for (const { kind, reference, facts } of objects) {
    if (kind !== 'charge') continue
    const fields = facts.writes.flatMap((write) => Object.keys(write.fields))
    if (fields.some((field) => field.startsWith('balance_transaction:'))) told.add(reference)
  }
  return told
}

/**
 * How the number of captures without a told fee changes, counted at the capture's own account and time, so that a
 * revenue row can say how many of its captures still wait for theirs.
 */
export function feePendingChanges(
  owner: OwnerColumns,
  stood: { booked: BookedFact[]; toldFees: Set<string> },
  now: { movements: Movement[]; toldFees: Set<string> },
): FeePendingChange[] {
  const before = pendingOf(
    stood.booked
      .filter((fact) => fact.inForce)
      .map((fact) => ({ ...fact, currency: fact.lines[0]?.currency ?? '' })),
    stood.toldFees,
  )
  const after = pendingOf(
    now.movements.map((movement) => ({
      ...movement,
      effectiveAt: new Date(movement.atSeconds * 1000),
      currency: movement.lines[0]?.currency ?? '',
    })),
    now.toldFees,
  )
  const changes: FeePendingChange[] = []
  for (const [name, { currency, effectiveAt }] of before) {
    if (!after.has(name)) changes.push({ ...owner, currency, effectiveAt, count: -1 })
  }
  for (const [name, { currency, effectiveAt }] of after) {
    if (!before.has(name)) changes.push({ ...owner, currency, effectiveAt, count: 1 })
  }
  return changes
}

function pendingOf(facts: Fact[], told: Set<string>): Map<string, Fact> {
  return new Map(
    facts
      .filter((fact) => fact.kind === 'capture' && !told.has(fact.reference))
      .map((fact) => [`${fact.reference} ${fact.effectiveAt.getTime()} ${fact.currency}`, fact]),
  )
}
