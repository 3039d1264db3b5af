/**
 * The state: every object's present version and the one before, folded from the journal's entries.
 * `apply` is the only way in, for a request that just ran and for the file's replay alike.
 */
import type { EventRecord, Kind, Records, Version } from './records.ts'

/** A stored answer to an idempotency key. */
export type Answer = {
  readonly key: string
  readonly fingerprint: string
  readonly path: string
  readonly at: number
  readonly status: number
  /** a version whose wire form is the body, or the body itself */
  readonly body: Version | string
  readonly requestId: string
}

/** Something that happens by itself when the test clock says so. */
export type Deed =
  | 'book_charge'
  | 'expire_authorization'
  | 'settle_refund'
  | 'open_dispute'
  | 'decide_dispute'
  | 'move_payout'
  | 'pay_out_daily'
export type Task = { readonly at: number; readonly deed: Deed; readonly id: string }

export type Entry = {
  /** when, by the test clock, in ms */
  readonly at?: number
  readonly puts: readonly Version[]
  readonly tasks?: readonly Task[]
  readonly done?: Task
  readonly answer?: Answer
  readonly settled?: readonly Settlement[]
  /** how far the test clock is ahead from here on */
  readonly aheadMs?: number
  /** the first entry of a journal: what all its chances depend on */
  readonly seed?: number
}

/** What became of an event that was owed to an endpoint. */
export type Settlement = {
  readonly event: string
  readonly endpoint: string
  readonly how: 'acknowledged' | 'dropped' | 'given_up'
}

/** `before` is what the last entry changed, however often it did. */
type Cell<R> = { now: R; before: R | undefined; changedAt: number; changedIn: number }
type Table<R> = { byId: Map<string, Cell<R>>; order: string[] }
const ANSWER_MS = 24 * 3600 * 1000

const parentOf: { [K in Kind]?: (record: Records[K]) => string[] } = {
  charge: (charge) => [charge.intent],
  refund: (refund) => [refund.charge, refund.intent],
  dispute: (dispute) => [dispute.charge, dispute.intent],
}

export class State {
  readonly #tables = new Map<Kind, Table<Records[Kind]>>()
  readonly #children = new Map<string, string[]>()
  readonly answers = new Map<string, Answer>()
  readonly tasks = new Map<string, Task>()
  /** endpoints that have not acknowledged, by event: those still owed, and those that will never be sent */
  readonly undelivered = new Map<string, { waiting: Set<string>; lost: number }>()
  /** while a stale read runs: what changed later than this is not seen */
  staleSinceMs: number | undefined
  #entryCount = 0
  readonly #nowMs: () => number

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  #table<K extends Kind>(kind: K): Table<Records[K]> {
    let table = this.#tables.get(kind)
    if (table === undefined) {
      table = { byId: new Map(), order: [] }
      this.#tables.set(kind, table)
    }
    return table as unknown as Table<Records[K]>
  }

  count(kind: Kind): number {
    return this.#table(kind).order.length
  }

  find<K extends Kind>(kind: K, id: string): Records[K] | undefined {
    const cell = this.#table(kind).byId.get(id)
    return cell === undefined ? undefined : this.#seen(cell)
  }

  #seen<R>(cell: Cell<R>): R | undefined {
    return this.staleSinceMs === undefined ? cell.now : versionAt(cell, this.staleSinceMs)
  }

  /** The object as it was at `sinceMs`, or undefined if it was not there yet. */
  findAt<K extends Kind>(kind: K, id: string, sinceMs: number): Records[K] | undefined {
    const cell = this.#table(kind).byId.get(id)
    return cell === undefined ? undefined : versionAt(cell, sinceMs)
  }

  /** Newest first. */
  *newest<K extends Kind>(kind: K, before = Number.POSITIVE_INFINITY): Generator<Records[K]> {
    const { order, byId } = this.#table(kind)
    for (let index = Math.min(order.length, before - 1) - 1; index >= 0; index--) {
      const cell = byId.get(order[index] ?? '')
      const record = cell === undefined ? undefined : this.#seen(cell)
      if (record !== undefined) yield record
    }
  }

  /** Oldest first. */
  *oldest<K extends Kind>(kind: K, after = 0): Generator<Records[K]> {
    const { order, byId } = this.#table(kind)
    for (let index = after; index < order.length; index++) {
      const cell = byId.get(order[index] ?? '')
      const record = cell === undefined ? undefined : this.#seen(cell)
      if (record !== undefined) yield record
    }
  }

  children<K extends 'charge' | 'refund' | 'dispute'>(kind: K, parent: string): Records[K][] {
    const ids = this.#children.get(`${kind}/${parent}`) ?? []
    return ids.flatMap((id) => this.find(kind, id) ?? [])
  }

  findAnswer(key: string): Answer | undefined {
    const answer = this.answers.get(key)
    return answer !== undefined && answer.at + ANSWER_MS > this.#nowMs() ? answer : undefined
  }

  apply({ puts, tasks = [], done, answer, settled = [], at = 0 }: Entry): void {
    this.#entryCount++
    for (const { kind, record } of puts) this.#put(kind, record, at)
    if (done !== undefined) this.tasks.delete(taskKey(done))
    for (const task of tasks) this.tasks.set(taskKey(task), task)
    if (answer !== undefined) this.#keepAnswer(answer)
    for (const settlement of settled) this.#settle(settlement)
  }

  #settle({ event, endpoint, how }: Settlement): void {
    const deliveries = this.undelivered.get(event)
    if (deliveries === undefined) return
    deliveries.waiting.delete(endpoint)
    if (how !== 'acknowledged') deliveries.lost++
    if (deliveries.waiting.size + deliveries.lost === 0) this.undelivered.delete(event)
  }

  /** How many endpoints have not acknowledged this event. */
  pendingWebhooks(event: string): number {
    const deliveries = this.undelivered.get(event)
    return deliveries === undefined ? 0 : deliveries.waiting.size + deliveries.lost
  }

  #put<K extends Kind>(kind: K, record: Records[K], at: number): void {
    const table = this.#table(kind)
    const changedIn = this.#entryCount
    const cell = table.byId.get(record.id)
    if (cell !== undefined) {
      if (cell.changedIn !== changedIn) cell.before = cell.now
      Object.assign(cell, { now: record, changedAt: at, changedIn })
      return
    }
    table.byId.set(record.id, { now: record, before: undefined, changedAt: at, changedIn })
    table.order.push(record.id)
    if (isEvent(kind, record) && record.owed.length > 0)
      this.undelivered.set(record.id, { waiting: new Set(record.owed), lost: 0 })
    for (const parent of parentOf[kind]?.(record) ?? []) {
      const key = `${kind}/${parent}`
      const siblings = this.#children.get(key)
      if (siblings === undefined) this.#children.set(key, [record.id])
      else siblings.push(record.id)
    }
  }

  /** Answers lie in the order of their times, so the old ones are at the front. */
  #keepAnswer(answer: Answer): void {
    for (const [key, { at }] of this.answers) {
      if (at + ANSWER_MS > answer.at) break
      this.answers.delete(key)
    }
    this.answers.delete(answer.key)
    this.answers.set(answer.key, answer)
  }

  clear(): void {
    this.#tables.clear()
    this.#children.clear()
    this.answers.clear()
    this.undelivered.clear()
    this.tasks.clear()
  }
}

function versionAt<R>(cell: Cell<R>, sinceMs: number): R | undefined {
  return cell.changedAt <= sinceMs ? cell.now : cell.before
}

const taskKey = ({ deed, id }: Task) => `${deed}/${id}`

function isEvent(kind: Kind, _record: Records[Kind]): _record is EventRecord {
  return kind === 'event'
}
