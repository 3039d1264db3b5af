/**
 * Group commit: deliveries that wait at the same moment share one statement, at most two statements at a time.
 *
 * No timer: a batch is what gathered while two were in flight. Each delivery has its own result; a bad one never
 * fails its neighbours. Promise: a result is given only after the commit it tells of.
 */
import { databaseFaultOf } from '../store/database-fault.ts'
import type { IntakeRow } from '../store/inbox-intake.ts'
import { databaseUnavailable, intakeErrorOf } from './intake-error.ts'

export type IntakeResult = {
  status: 'received' | 'duplicate' | 'replayed' | 'collision'
  inboxEventId: string
}
export type StoreDelivery = (row: IntakeRow) => Promise<IntakeResult>

export type IntakeBatches = {
  store: StoreDelivery
  /** resolves when nothing waits and nothing is in flight */
  drain(): Promise<void>
}

export type BatchBounds = {
  inFlightCountMax: number
  rowCountMax: number
  bytesMax: number
  waitMsMax: number
}
const defaultBounds: BatchBounds = {
  inFlightCountMax: 2,
  rowCountMax: 200,
  bytesMax: 8 * 1024 * 1024,
  // Providers give up after 10 to 30 seconds; an answer after that is for nobody.
  waitMsMax: 10_000,
}
const TRANSIENT_REPEAT_COUNT_MAX = 3

type Waiting = { row: IntakeRow } & PromiseWithResolvers<IntakeResult>

export function openIntakeBatches(
  /** one result a row, in the order of the rows */
  storeBatch: (rows: IntakeRow[]) => Promise<IntakeResult[]>,
  bounds: BatchBounds = defaultBounds,
): IntakeBatches {
  let waiting: Waiting[] = []
  let inFlightCount = 0
  let isScheduled = false
  let onIdle: (() => void)[] = []

  const schedule = () => {
    if (isScheduled) return
    isScheduled = true
    // Whatever this turn of the event loop still reads from its sockets joins the batch.
    setImmediate(startBatches)
  }
  const startBatches = () => {
    isScheduled = false
    while (inFlightCount < bounds.inFlightCountMax && waiting.length > 0) {
      inFlightCount++
      void run(takeBatch())
    }
    if (inFlightCount > 0) return
    for (const resolve of onIdle) resolve()
    onIdle = []
  }
  const takeBatch = (): Waiting[] => {
    let count = 0
    for (let bytes = 0; count < waiting.length && count < bounds.rowCountMax; count++) {
      bytes += waiting[count]?.row.body.length ?? 0
      // A body larger than the bound travels alone.
      if (count > 0 && bytes > bounds.bytesMax) break
    }
    const batch = waiting.slice(0, count)
    waiting = waiting.slice(count)
    return batch
  }
  const run = async (batch: Waiting[]) => {
    try {
      await storeApart(batch)
    } finally {
      inFlightCount--
      startBatches()
    }
  }
  /** When the data of one row is refused, the rows are stored one by one, so that only that one fails. */
  const storeApart = async (batch: Waiting[]): Promise<void> => {
    try {
      const results = await storeInTime(batch.map(({ row }) => row))
      for (const [index, { resolve, reject }] of batch.entries()) {
        const result = results[index]
        if (result === undefined) reject(new Error('A stored delivery has no result.'))
        else resolve(result)
      }
    } catch (error) {
      if (batch.length > 1 && isRowAtFault(error)) {
        for (const one of batch) await storeApart([one])
        return
      }
      for (const { reject } of batch) reject(intakeErrorOf(error))
    }
  }
  const storeInTime = (rows: IntakeRow[]) =>
    withinMs(bounds.waitMsMax, repeatLostRaces(storeBatch, rows))

  return {
    store: (row) => {
      const promise = Promise.withResolvers<IntakeResult>()
      waiting.push({ row, ...promise })
      schedule()
      return promise.promise
    },
    drain: () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      onIdle.push(resolve)
      schedule()
      return promise
    },
  }
}

async function repeatLostRaces<Rows, Result>(
  store: (rows: Rows) => Promise<Result>,
  rows: Rows,
): Promise<Result> {
  for (let repeat = 0; ; repeat++) {
    try {
      return await store(rows)
    } catch (error) {
      if (databaseFaultOf(error) !== 'transient' || repeat >= TRANSIENT_REPEAT_COUNT_MAX)
        throw error
    }
  }
}

/** A statement that hangs is left to the database's own time-out; who waits for it is told. */
async function withinMs<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(databaseUnavailable(`no answer within ${ms} ms`)), ms)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}

function isRowAtFault(error: unknown): boolean {
  const fault = databaseFaultOf(error)
  return fault === 'data' || fault === 'inconsistency'
}
