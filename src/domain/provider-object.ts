import {
  assertionTimes,
  currentFields,
  type FactValue,
  type ObjectFacts,
  versionOf,
} from './facts.ts'
import type { ProviderObjectKind } from './provider-event.ts'

/** A provider object with what is known of it. */
export type ProviderObject = { kind: ProviderObjectKind; reference: string; facts: ObjectFacts }

const views = new WeakMap<ProviderObject, ObjectView>()

/** The view of an object, made once: an object of which more is told is another one. */
export function viewOf(object: ProviderObject): ObjectView {
  const known = views.get(object)
  if (known !== undefined) return known
  const view = new ObjectView(object)
  views.set(object, view)
  return view
}

/** The newest fields of an object, read by type; a field never told is undefined. */
export class ObjectView {
  readonly reference: string
  /** for each assertion the least time of an event that made it; of an answer, while no event has */
  readonly since: Readonly<Record<string, number>>
  /** for each assertion that an answer made, the least time of one */
  readonly answered: Readonly<Record<string, number>>
  private readonly facts: ObjectFacts
  private readonly fields: Record<string, FactValue>

  constructor(object: ProviderObject) {
    this.reference = object.reference
    this.facts = object.facts
    const { since, answered } = assertionTimes(object.facts)
    this.since = since
    this.answered = answered
    this.fields = currentFields(object.facts)
  }

  text(field: string): string | undefined {
    const value = this.fields[field]
    return typeof value === 'string' ? value : undefined
  }

  /** Minor units; zero where the provider never told. */
  amount(field: string): bigint {
    const value = this.fields[field]
    return typeof value === 'number' ? BigInt(value) : 0n
  }

  seconds(field: string): number | undefined {
    const value = this.fields[field]
    return typeof value === 'number' ? value : undefined
  }

  object(field: string): { [key: string]: FactValue } | undefined {
    const value = this.fields[field]
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  }

  /** Fields whose name begins with `prefix`, with the rest of the name. */
  members(prefix: string): [string, FactValue][] {
    return Object.entries(this.fields)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value])
  }

  /** When the provider told the current value of `field`, seconds. */
  toldAtSeconds(field: string): number | undefined {
    return versionOf(this.facts, field)?.atSeconds
  }
}
