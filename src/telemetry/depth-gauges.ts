import { Gauge, type Registry } from 'prom-client'

/** What waits, as the database has it. */
export type Depths = {
  deadLetterCount: number
  outboxCount: number
  inboxCount: number
  /** age of the event that has waited longest, in seconds; 0 when none waits */
  inboxOldestSeconds: number
  /** events that wait for the object they belong to */
  parkedCount: number
}

export type ReadDepths = () => Promise<Depths>

const READ_MS_MAX = 2000

const gauges = {
  deadLetterCount: ['dead_letter_queue_depth', 'Events given up, waiting for a person.'],
  outboxCount: ['outbox_queue_depth', 'Our events not yet relayed.'],
  inboxCount: ['inbox_queue_depth', 'Provider events not yet applied.'],
  inboxOldestSeconds: ['inbox_oldest_seconds', 'Age of the oldest provider event not yet applied.'],
  parkedCount: ['inbox_parked_events', 'Provider events whose parent object is not known yet.'],
} as const satisfies Record<keyof Depths, readonly [name: string, help: string]>

/**
 * Depths are read when asked for. Unknown ones are left out, because an alert on a stale 0 never fires.
 */
export function createDepthGauges(registry: Registry, onUnknown?: (error: unknown) => void) {
  const registers = [registry]
  const byName = (Object.keys(gauges) as Array<keyof Depths>).map((key) => {
    const [name, help] = gauges[key]
    return { key, gauge: new Gauge({ name, help, registers }) }
  })
  let source: ReadDepths | undefined

  async function read(): Promise<Depths | undefined> {
    if (source === undefined) return undefined
    try {
      return await withinReadTime(source())
    } catch (error) {
      onUnknown?.(error)
      return undefined
    }
  }

  return {
    setSource(next: ReadDepths): void {
      source = next
    },
    async refresh(): Promise<void> {
      const depths = await read()
      for (const { key, gauge } of byName) {
        if (depths === undefined) gauge.remove()
        else gauge.set(depths[key])
      }
    },
  }
}

/** A scrape that waits for a stuck database would lose every other metric with it. */
export async function withinReadTime<T>(work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const error = new Error(`The queue depths were not read within ${READ_MS_MAX} ms.`)
  const timer = setTimeout(reject, READ_MS_MAX, error)
  return Promise.race([work, promise]).finally(() => clearTimeout(timer))
}
