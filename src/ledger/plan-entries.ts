import type { Movement, MovementLine } from '../domain/money-facts.ts'
import type { BookedFact } from '../store/journal.ts'

/** An entry to append. `reverses` names the entry it takes back. */
export type PlannedEntry = {
  kind: Movement['kind']
  reference: string
  revision: number
  reverses: string | undefined
  effectiveAt: Date
  lines: MovementLine[]
}

/**
 * What has to be appended so that the facts in force are exactly `movements`. A fact that is already booked as it
 * should be needs nothing; one that is booked otherwise is taken back by a reversal at its own effective time, so
 * that the two cancel wherever a balance is asked for, and booked anew.
 */
export function planEntries(booked: BookedFact[], movements: Movement[]): PlannedEntry[] {
  const newest = new Map(booked.map((fact) => [`${fact.kind} ${fact.reference}`, fact]))
  const wanted = new Map(
    movements.map((movement) => [`${movement.kind} ${movement.reference}`, movement]),
  )
  const plan: PlannedEntry[] = []
  for (const [name, fact] of newest) {
    if (!fact.inForce || agrees(fact, wanted.get(name))) continue
    plan.push({
      kind: fact.kind,
      reference: fact.reference,
      revision: fact.revision + 1,
      reverses: fact.entryId,
      effectiveAt: fact.effectiveAt,
      lines: fact.lines.map((line) => ({ ...line, debit: line.credit, credit: line.debit })),
    })
  }
  for (const [name, movement] of wanted) {
    const fact = newest.get(name)
    if (fact?.inForce && agrees(fact, movement)) continue
    plan.push({
      kind: movement.kind,
      reference: movement.reference,
      revision: fact === undefined ? 1 : fact.revision + (fact.inForce ? 2 : 1),
      reverses: undefined,
      effectiveAt: new Date(movement.atSeconds * 1000),
      lines: movement.lines,
    })
  }
  return plan
}

function agrees(fact: BookedFact, movement: Movement | undefined): boolean {
  if (movement === undefined || fact.effectiveAt.getTime() !== movement.atSeconds * 1000)
    return false
  if (fact.lines.length !== movement.lines.length) return false
  return movement.lines.every((line, index) => {
    const booked = fact.lines[index]
    return (
      booked?.debit === line.debit &&
      booked.credit === line.credit &&
      booked.amountMinor === line.amountMinor &&
      booked.currency === line.currency
    )
  })
}
