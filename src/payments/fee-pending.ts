import type { Movement } from '../domain/money-facts.ts'
import type { BookedFact } from '../store/journal.ts'
import type { OwnerColumns } from '../store/rows.ts'
import type { FeePendingChange } from './changes.ts'

type Fact = { kind: string; reference: string; effectiveAt: Date; currency: string }

/**
 * How the number of captures without a known fee changes, told at the capture's own account and time, so that a
 * revenue row can say how many of its captures still wait for theirs.
 */
export function feePendingChanges(
  owner: OwnerColumns,
  booked: BookedFact[],
  movements: Movement[],
): FeePendingChange[] {
  const before = pendingOf(
    booked
      .filter((fact) => fact.inForce)
      .map((fact) => ({ ...fact, currency: fact.lines[0]?.currency ?? '' })),
  )
  const after = pendingOf(
    movements.map((movement) => ({
      ...movement,
      effectiveAt: new Date(movement.atSeconds * 1000),
      currency: movement.lines[0]?.currency ?? '',
    })),
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

function pendingOf(facts: Fact[]): Map<string, Fact> {
  const known = new Set(facts.filter((fact) => fact.kind === 'fee').map((fact) => fact.reference))
  return new Map(
    facts
      .filter((fact) => fact.kind === 'capture' && !known.has(fact.reference))
      .map((fact) => [`${fact.reference} ${fact.effectiveAt.getTime()} ${fact.currency}`, fact]),
  )
}
