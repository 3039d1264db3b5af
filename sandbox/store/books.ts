/**
 * The one place where state changes: a transaction's entry is applied, written, and (once it is safe) told on.
 *
 * Promise: whatever an answer or a webhook shows is in the journal before it leaves.
 */
import { type Chance, createChance } from '../chance.ts'
import { createTestClock } from '../clock.ts'
import { createDueQueue } from '../due-queue.ts'
import { type Duties, runDuty } from './duties.ts'
import { decodeEntry, encodeEntry } from './encode-entry.ts'
import { type Journal, openJournal, openMemoryJournal } from './journal.ts'
import type { EventRecord } from './records.ts'
import { type Entry, State, type Task } from './state.ts'
import { type Origin, type Timing, Transaction } from './transaction.ts'

export type BooksOptions = {
  readonly seed: number
  /** without one nothing outlives the process */
  readonly journalPath: string | undefined
  readonly durable: boolean
  readonly timing: Timing
  readonly duties: Duties
  readonly onFailed: (error: unknown) => void
}

const TIMER_MS_MAX = 60_000
const DAY_MS = 24 * 3600 * 1000

export class Books {
  readonly clock = createTestClock()
  readonly state = new State(() => this.clock.nowMs())
  chance: Chance
  /** is told of events that are safe in the journal */
  onEvents: (events: readonly EventRecord[]) => void = () => undefined
  readonly #due = createDueQueue<Task>()
  readonly #journal: Journal
  readonly #options: BooksOptions
  #timer: NodeJS.Timeout | undefined

  constructor(options: BooksOptions) {
    this.#options = options
    this.chance = createChance(options.seed)
    let entryCount = 0
    const replay = (line: string) => {
      entryCount++
      this.#apply(decodeEntry(line))
    }
    this.#journal =
      options.journalPath === undefined
        ? openMemoryJournal()
        : openJournal(options.journalPath, options.durable, replay, options.onFailed)
    for (const task of this.state.tasks.values()) this.#due.add(task.at, task)
    if (entryCount === 0) void this.#begin(options.seed)
    this.#wake()
  }

  begin(origin: Origin = { requestId: null, key: null }): Transaction {
    const { state, chance } = this
    const { timing } = this.#options
    return new Transaction({ state, chance, timing, nowMs: this.clock.nowMs() }, origin)
  }

  /**
   * Resolves when the entry is safe; undefined when there is nothing to wait for. `conclude` sees the change and adds
   * the answer to it, in the same line of the journal.
   */
  commit(entry: Entry, conclude?: () => Pick<Entry, 'answer'>): Promise<void> | undefined {
    const dated = { at: this.clock.nowMs(), ...entry }
    this.#apply(dated)
    const conclusion = conclude?.() ?? {}
    if (conclusion.answer !== undefined) this.state.apply({ puts: [], ...conclusion })
    this.#journal.append(encodeEntry({ ...dated, ...conclusion }))
    for (const task of entry.tasks ?? []) this.#due.add(task.at, task)
    if (entry.tasks !== undefined) this.#wake()
    const events = entry.puts.flatMap((version) => (version.kind === 'event' ? version.record : []))
    const flushed = this.#journal.flushed()
    if (events.length === 0) return flushed
    if (flushed === undefined) this.onEvents(events)
    return flushed?.then(() => this.onEvents(events))
  }

  /** Waits for what others have changed, so that a read never shows what a kill could still undo. */
  flushed(): Promise<void> | undefined {
    return this.#journal.flushed()
  }

  /** What an earlier run still owed, each event with the endpoints that are left. */
  unsentEvents(): EventRecord[] {
    return [...this.state.undelivered].flatMap(([id, { waiting }]) => {
      const event = this.state.find('event', id)
      return event === undefined || waiting.size === 0 ? [] : [{ ...event, owed: [...waiting] }]
    })
  }

  #apply(entry: Entry): void {
    if (entry.seed !== undefined) this.chance = createChance(entry.seed)
    if (entry.aheadMs !== undefined) this.clock.setAhead(entry.aheadMs)
    this.state.apply(entry)
  }

  /** The first entry of a journal: the seed, and the daily payout that begins with it. */
  #begin(seed: number): Promise<void> | undefined {
    const midnight = (Math.floor(this.clock.nowMs() / DAY_MS) + 1) * DAY_MS
    const daily: Task = { at: midnight, deed: 'pay_out_daily', id: 'daily' }
    return this.commit({ puts: [], seed, tasks: [daily] })
  }

  #wake(): void {
    clearTimeout(this.#timer)
    const next = this.#due.nextAt()
    if (next === undefined) return
    const delayMs = Math.min(Math.max(next - this.clock.nowMs(), 0), TIMER_MS_MAX)
    this.#timer = setTimeout(() => this.#runDue(), delayMs).unref()
  }

  #runDue(): void {
    for (;;) {
      const due = this.#due.takeDue(this.clock.nowMs())
      if (due === undefined) break
      void this.#run(due.item)
    }
    this.#wake()
  }

  #run(task: Task): Promise<void> | undefined {
    const tx = this.begin()
    runDuty(this.#options.duties, tx, task)
    return this.commit({ ...tx.finish(), done: task })
  }

  /** Moves the test clock; what comes due on the way happens at its own time, in order. */
  async advance(ms: number): Promise<void> {
    const target = this.clock.aheadMs + ms
    for (;;) {
      const nowAtTarget = Date.now() + target
      const next = this.#due.takeDue(nowAtTarget)
      if (next === undefined) break
      this.clock.setAhead(Math.max(this.clock.aheadMs, Math.min(next.at - Date.now(), target)))
      void this.#run(next.item)
    }
    await this.commit({ puts: [], aheadMs: target })
    this.#wake()
  }

  /** Forgets everything in one step: no call sees half of it, no entry of before comes after it. */
  async reset(seed: number): Promise<void> {
    this.#journal.clear()
    this.state.clear()
    this.#due.clear()
    this.clock.setAhead(0)
    await this.#begin(seed)
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#journal.close()
  }
}
