import type { Movement } from '../domain/money-facts.ts'
import type { BookedFact } from '../store/journal.ts'

/**
 * Movements at the times they are booked at. The provider dates an answer when it sends it and an event when the thing
 * happened, a second or two before; either may come first. What was booked at the one is not booked anew at the other.
 */
export function asBooked(movements: Movement[], booked: BookedFact[]): Movement[] {
  return movements.map((movement) => {
    const { kind, reference, answeredAtSeconds: answeredAt } = movement
    if (answeredAt === undefined) return movement
    const fact = booked.find((one) => one.kind === kind && one.reference === reference)
    const isAsAnswered = fact?.inForce && fact.effectiveAt.getTime() === answeredAt * 1000
    return isAsAnswered ? { ...movement, atSeconds: answeredAt } : movement
  })
}
