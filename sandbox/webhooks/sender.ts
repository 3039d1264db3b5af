/**
 * Sends events to the endpoints they are owed to, signed, until they are acknowledged or given up.
 *
 * Promise: an event that was owed when the process ended is sent after it starts again.
 * Delays and retries follow the test clock, so moving it forward sends what would have been sent by then.
 */
import { createDueQueue } from '../due-queue.ts'
import { present } from '../present/present.ts'
import type { Presenting } from '../present/presenting.ts'
import type { Books } from '../store/books.ts'
import type { EventRecord } from '../store/records.ts'
import { createPost, SOCKET_COUNT_MAX } from './post.ts'
import { faithful, type WebhookCounts, type WebhookSettings } from './settings.ts'
import { signWebhook } from './sign.ts'

/** Seconds to the next try, by the number of those that failed; after the last one it is given up. */
const retrySeconds = [1, 2, 5, 15, 60, 300, 3600, 6 * 3600, 24 * 3600] as const
const SHUFFLE_MS = 200

type Delivery = {
  readonly event: EventRecord
  readonly endpoint: string
  readonly failures: number
  /** a second copy proves nothing and is not tried again */
  readonly isCopy: boolean
}

export type WebhookSender = {
  readonly counts: WebhookCounts
  settings: WebhookSettings
  owe(events: readonly EventRecord[]): void
  /** Looks at what is due: after the clock was moved. */
  wake(): void
  readonly waitingCount: number
  clear(): void
  close(): void
}

export function createWebhookSender(books: Books, presenting: () => Presenting): WebhookSender {
  const queue = createDueQueue<Delivery>()
  const post = createPost()
  const counts: WebhookCounts = {
    sent: 0,
    acknowledged: 0,
    failed: 0,
    duplicated: 0,
    dropped: 0,
    givenUp: 0,
  }
  let settings = faithful
  let running = 0
  let generation = 0
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  function owe(events: readonly EventRecord[]): void {
    for (const event of events) for (const endpoint of event.owed) plan(event, endpoint)
    wake()
  }

  function plan(event: EventRecord, endpoint: string): void {
    const { chance, clock } = books
    const what = `webhook/${endpoint}`
    if (settings.drop > 0 && chance.fraction(`${what}/drop`, event.n) < settings.drop) {
      counts.dropped++
      void books.commit({ puts: [], settled: [{ event: event.id, endpoint, how: 'dropped' }] })
      return
    }
    const [least, most] = settings.delayMs
    const wait = (which: string) =>
      chance.between(`${what}/${which}/delay`, event.n, least, most) +
      (settings.shuffle ? chance.between(`${what}/${which}/shuffle`, event.n, 0, SHUFFLE_MS) : 0)
    const now = clock.nowMs()
    queue.add(now + wait('first'), { event, endpoint, failures: 0, isCopy: false })
    if (settings.duplicate > 0 && chance.fraction(`${what}/copy`, event.n) < settings.duplicate) {
      counts.duplicated++
      queue.add(now + wait('second'), { event, endpoint, failures: 0, isCopy: true })
    }
  }

  function wake(): void {
    clearTimeout(timer)
    while (!isClosed && running < SOCKET_COUNT_MAX) {
      const due = queue.takeDue(books.clock.nowMs())
      if (due === undefined) break
      running++
      void deliver(due.item).finally(() => {
        running--
        wake()
      })
    }
    const next = queue.nextAt()
    if (next === undefined || isClosed || running >= SOCKET_COUNT_MAX) return
    const delayMs = Math.min(Math.max(next - books.clock.nowMs(), 0), 60_000)
    timer = setTimeout(wake, delayMs).unref()
  }

  async function deliver(delivery: Delivery): Promise<void> {
    const { event, endpoint: id, failures, isCopy } = delivery
    const endpoint = books.state.find('webhook_endpoint', id)
    const startedIn = generation
    const settle = (how: 'acknowledged' | 'given_up') =>
      books.commit({ puts: [], settled: [{ event: event.id, endpoint: id, how }] })
    if (endpoint === undefined || endpoint.deleted) return void settle('given_up')
    const body = JSON.stringify(present(presenting(), { kind: 'event', record: event }))
    const signature = signWebhook(body, endpoint.secret, Math.floor(Date.now() / 1000))
    counts.sent++
    const isAcknowledged = await post.send(endpoint.url, body, signature)
    if (startedIn !== generation || isClosed) return
    if (isAcknowledged) {
      counts.acknowledged++
      if (!isCopy) void settle('acknowledged')
      return
    }
    counts.failed++
    if (isCopy) return
    const seconds = retrySeconds[failures]
    if (seconds !== undefined)
      return queue.add(books.clock.nowMs() + seconds * 1000, {
        ...delivery,
        failures: failures + 1,
      })
    counts.givenUp++
    void settle('given_up')
  }

  return {
    counts,
    get settings() {
      return settings
    },
    set settings(changed) {
      settings = changed
    },
    owe,
    wake,
    get waitingCount() {
      return queue.size + running
    },
    clear: () => {
      generation++
      queue.clear()
    },
    close: () => {
      isClosed = true
      clearTimeout(timer)
      post.close()
    },
  }
}
