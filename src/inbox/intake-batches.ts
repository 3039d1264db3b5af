/**
 * Deliveries that wait at the same moment share one statement, at most two statements at a time. Each has its own
 * result; one whose data is refused never fails its neighbors.
 */
import { databaseFaultOf } from '../store/database-fault.ts'
import { type GroupBounds, openGroupCommit } from '../store/group-commit.ts'
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

const bounds: GroupBounds = {
  inFlightCountMax: 2,
  itemCountMax: 200,
  // bytes of bodies
  weightMax: 8 * 1024 * 1024,
}
// Providers give up after 10 to 30 seconds; an answer after that is for nobody.
const WAIT_MS_MAX = 10_000
const TRANSIENT_REPEAT_COUNT_MAX = 3

export function openIntakeBatches(
  /** one result a row, in the order of the rows */
  storeBatch: (rows: IntakeRow[]) => Promise<IntakeResult[]>,
): IntakeBatches {
  const group = openGroupCommit<IntakeRow, IntakeResult>({
    commit: (rows) => withinMs(WAIT_MS_MAX, repeatLostRaces(storeBatch, rows)),
    isOneAtFault,
    bounds,
    weightOf: (row) => row.body.length,
  })
  return {
    store: (row) =>
      group.submit(row).catch((error: unknown) => {
        throw intakeErrorOf(error)
      }),
    drain: group.drain,
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

function isOneAtFault(error: unknown): boolean {
  const fault = databaseFaultOf(error)
  return fault === 'data' || fault === 'inconsistency'
}
