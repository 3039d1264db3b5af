/**
 * What one request or one duty changes: collected here, applied and written as one entry, or thrown away whole.
 * It runs without waiting for anything, so nobody sees half of it.
 */
import type { Chance } from '../chance.ts'
import { resourceMissing } from '../stripe/errors.ts'
import { type Extra, idPrefixes, type Kind, type Records, type Version } from './records.ts'
import type { Deed, Entry, State, Task } from './state.ts'

export type Origin = { readonly requestId: string | null; readonly key: string | null }

/** What the one who runs the sandbox chose about time and fees. */
export type Timing = {
  /** seconds from a capture to its fee, least and most */
  readonly feeDelaySeconds: readonly [number, number]
  /** the share of charges whose fee never comes */
  readonly feeMissingRate: number
  readonly refundDelaySeconds: number
  readonly disputeDelaySeconds: number
  readonly payoutDelaySeconds: number
}

/** Shared, since most events of a sandbox without endpoints are owed to nobody. */
const nobody: readonly string[] = []

type Fields<K extends Kind> = Omit<Records[K], 'id' | 'n' | 'created'>

export class Transaction {
  readonly #puts: Version[] = []
  readonly #now = new Map<string, Version>()
  readonly #created = new Map<Kind, number>()
  readonly #tasks: Task[] = []
  readonly state: State
  readonly chance: Chance
  readonly timing: Timing
  /** the test clock's time, in whole seconds */
  readonly nowSeconds: number
  readonly nowMs: number
  readonly #origin: Origin

  constructor(
    context: { state: State; chance: Chance; timing: Timing; nowMs: number },
    origin: Origin,
  ) {
    this.state = context.state
    this.chance = context.chance
    this.timing = context.timing
    this.nowMs = context.nowMs
    this.nowSeconds = Math.floor(context.nowMs / 1000)
    this.#origin = origin
  }

  find<K extends Kind>(kind: K, id: string): Records[K] | undefined {
    const version = this.#now.get(id)
    return (version?.record as Records[K] | undefined) ?? this.state.find(kind, id)
  }

  /** Fails as Stripe does when there is no such object. */
  get<K extends Kind>(kind: K, id: string, param?: string): Records[K] {
    const record = this.find(kind, id)
    if (record === undefined) throw resourceMissing(kind, id, param)
    return record
  }

  create<K extends Kind>(kind: K, fields: Fields<K>): Records[K] {
    const count = (this.#created.get(kind) ?? 0) + 1
    this.#created.set(kind, count)
    const n = this.state.count(kind) + count
    const id = `${idPrefixes[kind]}_${this.chance.letters(kind, n, 24)}`
    const record = { id, n, created: this.nowSeconds, ...fields } as unknown as Records[K]
    return this.#put(kind, record)
  }

  change<K extends Kind>(kind: K, record: Records[K], changes: Partial<Fields<K>>): Records[K] {
    return this.#put(kind, { ...record, ...changes })
  }

  #put<K extends Kind>(kind: K, record: Records[K]): Records[K] {
    const version = { kind, record } as Version
    this.#now.set(record.id, version)
    this.#puts.push(version)
    return record
  }

  /** Tells the endpoints that care about it that this happened to the object as it is now. */
  emit<K extends Kind>(type: string, kind: K, record: Records[K], previous?: Extra): void {
    let owed = nobody
    for (const endpoint of this.state.oldest('webhook_endpoint')) {
      const cares = endpoint.types.includes('*') || endpoint.types.includes(type)
      if (endpoint.enabled && !endpoint.deleted && cares) owed = [...owed, endpoint.id]
    }
    const { requestId, key } = this.#origin
    const latest = this.#now.get(record.id)
    const about = latest?.record === record ? latest : ({ kind, record } as Version)
    this.create('event', { type, about, previous: previous ?? null, requestId, key, owed })
  }

  /** Has a duty happen `seconds` from now by the test clock. */
  after(seconds: number, deed: Deed, id: string): void {
    this.#tasks.push({ at: this.nowMs + seconds * 1000, deed, id })
  }

  finish(): Entry {
    const tasks = this.#tasks.length === 0 ? {} : { tasks: this.#tasks }
    return { puts: this.#puts, ...tasks }
  }
}
