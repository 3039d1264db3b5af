import type { Movement } from '../domain/money-facts.ts'
import type { BookedFact } from '../store/journal.ts'

/**
 * Movements at the times they are booked at. The provider dates an answer when it sends it and an event when the thing
 * happened, a second or two before; either may come first. What was booked at the one is not booked anew at the other.
 */
export function asBooked(movements: Movement[], booked: BookedFact[]): Movement[] {
  const inForce = booked.filter((fact) => fact.inForce)
  const bookedMs = new Map(
    inForce.map(({ kind, reference, effectiveAt }) => [
      `${kind} ${reference}`,
      effectiveAt.getTime(),
    ]),
  )
  return movements.map((movement) => {
    const { kind, reference, answeredAtSeconds: answeredAt } = movement
    const isAsAnswered =
      answeredAt !== undefined && bookedMs.get(`${kind} ${reference}`) === answeredAt * 1000
    return isAsAnswered ? { ...movement, atSeconds: answeredAt } : movement
  })
}
