import { mergeFacts, noFacts } from '../../src/domain/facts.ts'
import type { ProviderObject } from '../../src/domain/provider-object.ts'
import { stripeEvents } from '../../src/providers/stripe/index.ts'

/** What events tell of provider objects, by name; those that tell nothing are left out. */
export function mergeObjects(events: object[]): ProviderObject[] {
  const objects = new Map<string, ProviderObject>()
  for (const event of events) {
    const told = stripeEvents.readFacts(JSON.parse(JSON.stringify(event)))
    if (told.outcome !== 'facts') continue
    for (const { kind, reference, facts } of told.assertions) {
      const name = `${kind} ${reference}`
      const known = objects.get(name)?.facts ?? noFacts
      objects.set(name, { kind, reference, facts: mergeFacts(known, facts) })
    }
  }
  return [...objects.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
}
