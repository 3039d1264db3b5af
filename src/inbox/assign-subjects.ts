import type { NewId } from '../domain/ids.ts'
import type { EventFacts, ProviderObjectName } from '../domain/provider-event.ts'
import type { ClaimedEvent } from '../store/inbox-claims.ts'

type Told = Extract<EventFacts, { outcome: 'facts' }>
export type ToldEvent = { claimed: ClaimedEvent; facts: Told }

/** Which payment or payout each object belongs to; grows as events are assigned. */
export type KnownSubjects = Map<string, string>

export type Assignment = {
  assigned: { event: ToldEvent; subjectId: string }[]
  /** children whose root is not known */
  parked: ToldEvent[]
  /** ids made for roots nobody knew */
  adopted: Set<string>
}

export function knownName(providerAccountId: string, name: ProviderObjectName): string {
  return `${providerAccountId} ${name.kind} ${name.reference}`
}

/**
 * Finds each event's payment by its own reference, then by its parents'; a root nobody knows is adopted. Roots come
 * first and children are looked at until none finds its own, so the order of events within a batch does not matter.
 */
export function assignSubjects(
  events: ToldEvent[],
  subjects: KnownSubjects,
  newId: NewId,
): Assignment {
  const result: Assignment = { assigned: [], parked: [], adopted: new Set() }
  const assign = (event: ToldEvent, subjectId: string) => {
    const account = event.claimed.providerAccountId
    for (const name of [event.facts.subject, ...event.facts.assertions]) {
      const key = knownName(account, name)
      if (!subjects.has(key)) subjects.set(key, subjectId)
    }
    result.assigned.push({ event, subjectId })
  }
  for (const event of events.filter((one) => one.facts.root)) {
    const known = findSubject(event, subjects)
    const subjectId = known ?? newId(event.facts.subject.kind === 'payout' ? 'payout' : 'payment')
    if (known === undefined) result.adopted.add(subjectId)
    assign(event, subjectId)
  }
  let waiting = events.filter((one) => !one.facts.root)
  for (;;) {
    const left = waiting.filter((event) => {
      const subjectId = findSubject(event, subjects)
      if (subjectId !== undefined) assign(event, subjectId)
      return subjectId === undefined
    })
    // A child that found its payment may be the parent another child waits for.
    if (left.length === waiting.length || left.length === 0) {
      result.parked = left
      return result
    }
    waiting = left
  }
}

function findSubject(event: ToldEvent, known: KnownSubjects): string | undefined {
  const { subject, parents, root, assertions } = event.facts
  // A root may be known by a charge it names: the charge came first, under an older API version.
  const names = root ? [subject, ...parents, ...assertions] : [subject, ...parents]
  for (const name of names) {
    const found = known.get(knownName(event.claimed.providerAccountId, name))
    if (found !== undefined) return found
  }
  return undefined
}
