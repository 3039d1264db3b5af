/**
 * Facts: what is known of one provider object, as a join-semilattice.
 *
 * Any order and any repetition of the same events merges to the same facts, because `mergeFacts` is commutative,
 * associative and idempotent (held by a property test). Everything else, a payment's status, its sums, its
 * postings, is a pure function of facts.
 */

/**
 * Total order of what two events say about one field: an absorbing status beats any other, then the provider's
 * clock, then the status rank within one second, then how far an amount has grown within that second, then the id.
 */
export type Version = {
  absorbing: boolean
  atSeconds: number
  rank: number
  progress: number
  eventId: string
}
export type FactValue =
  | string
  | number
  | boolean
  | null
  | { [key: string]: FactValue }
  | FactValue[]
/** Fields one event wrote last; a field stands in exactly one write, the newest that named it. */
export type Write = { version: Version; fields: Record<string, FactValue> }

export type ObjectFacts = {
  /** newest first */
  writes: Write[]
  /** for each assertion (`captured`, `failed` ...) the least provider time, in seconds, of an event asserting it */
  since: Record<string, number>
}

/** Before the name of what an answer asserted: its date is when it was sent, which is later than what it tells of. */
const ANSWERED = 'answered:'

export const noFacts: ObjectFacts = { writes: [], since: {} }

export function compareVersions(a: Version, b: Version): number {
  if (a.absorbing !== b.absorbing) return a.absorbing ? 1 : -1
  if (a.atSeconds !== b.atSeconds) return a.atSeconds - b.atSeconds
  if (a.rank !== b.rank) return a.rank - b.rank
  if (a.progress !== b.progress) return a.progress - b.progress
  return a.eventId < b.eventId ? -1 : a.eventId > b.eventId ? 1 : 0
}

/** The least facts that hold everything `a` and `b` hold. Pure; neither argument is changed. */
export function mergeFacts(a: ObjectFacts, b: ObjectFacts): ObjectFacts {
  if (a.writes.length === 0 && Object.keys(a.since).length === 0) return b
  const since: Record<string, number> = { ...a.since }
  for (const [assertion, at] of Object.entries(b.since)) {
    const known = since[assertion]
    since[assertion] = known === undefined ? at : Math.min(known, at)
  }
  return { writes: mergeWrites([...a.writes, ...b.writes]), since }
}

function mergeWrites(writes: Write[]): Write[] {
  const newestFirst = writes.toSorted((x, y) => compareVersions(y.version, x.version))
  const seen = new Set<string>()
  const merged: Write[] = []
  for (const { version, fields } of newestFirst) {
    const fresh = Object.entries(fields).filter(([name]) => !seen.has(name))
    if (fresh.length === 0) continue
    for (const [name] of fresh) seen.add(name)
    const last = merged.at(-1)
    if (last !== undefined && compareVersions(last.version, version) === 0) {
      merged[merged.length - 1] = {
        version,
        fields: { ...last.fields, ...Object.fromEntries(fresh) },
      }
    } else {
      merged.push({ version, fields: Object.fromEntries(fresh) })
    }
  }
  return merged
}

/** The newest value of every field. */
export function currentFields(facts: ObjectFacts): Record<string, FactValue> {
  return Object.assign({}, ...facts.writes.toReversed().map((write) => write.fields))
}

/** The version of the write that holds `field`; undefined when no event named it. */
export function versionOf(facts: ObjectFacts, field: string): Version | undefined {
  return facts.writes.find((write) => field in write.fields)?.version
}

/** Facts as an answer tells them: what events assert keeps their times. */
export function asAnswered({ writes, since }: ObjectFacts): ObjectFacts {
  const named = Object.entries(since).map(([assertion, at]) => [`${ANSWERED}${assertion}`, at])
  return { writes, since: Object.fromEntries(named) }
}

type Times = Readonly<Record<string, number>>
const none: Times = {}

/** When each assertion was made, by events where one did, and by answers. */
export function assertionTimes({ since }: ObjectFacts): { since: Times; answered: Times } {
  // Most payments are only told of by events.
  if (!Object.keys(since).some((name) => name.startsWith(ANSWERED)))
    return { since, answered: none }
  const told: Record<string, number> = {}
  const answered: Record<string, number> = {}
  for (const [name, at] of Object.entries(since)) {
    if (name.startsWith(ANSWERED)) answered[name.slice(ANSWERED.length)] = at
    else told[name] = at
  }
  return { since: { ...answered, ...told }, answered }
}
