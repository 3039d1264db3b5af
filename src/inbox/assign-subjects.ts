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
 * Finds each event's payment by its own reference, then by its parents'; a root nobody knows is adopted. Children
 * are looked at again after every root, so the order of events within a batch does not matter.
 */
export function assignSubjects(
  events: ToldEvent[],
  known: KnownSubjects,
  newId: NewId,
): Assignment {
  const result: Assignment = { assigned: [], parked: [], adopted: new Set() }
  const assign = (event: ToldEvent, subjectId: string) => {
    const account = event.claimed.providerAccountId
    for (const name of [event.facts.subject, ...event.facts.assertions]) {
      const key = knownName(account, name)
      if (!known.has(key)) known.set(key, subjectId)
    }
    result.assigned.push({ event, subjectId })
  }
  let waiting = events
  for (;;) {
    const left: ToldEvent[] = []
    for (const event of waiting) {
      const subjectId = findSubject(event, known)
      if (subjectId === undefined) left.push(event)
      else assign(event, subjectId)
    }
    const root = left.find((event) => event.facts.root)
    if (root !== undefined) {
      const subjectId = newId(root.facts.subject.kind === 'payout' ? 'payout' : 'payment')
      result.adopted.add(subjectId)
      assign(root, subjectId)
      waiting = left.filter((event) => event !== root)
    } else if (left.length === waiting.length) {
      result.parked = left
      return result
    } else {
      waiting = left
    }
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
