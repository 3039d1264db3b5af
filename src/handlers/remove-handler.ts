import { type Deed, recordDeed } from '../audit/record-deed.ts'
import type { DeedDeps } from '../inbox/create-replay.ts'
import { deleteHandler, lockHandler } from '../store/event-handlers.ts'

/** A process that has a handler is heard of every 10 s; after this long it is taken for gone. */
const SILENT_SECONDS_MIN = 45

type InUse = { seenAt: Date; clearInSeconds: number }

/** @returns since when and for how long it counts as used; undefined when no process that has it was heard of lately */
export function findUse(seen: { seenAt: Date; silentSeconds: number }): InUse | undefined {
  const clearInSeconds = Math.ceil(SILENT_SECONDS_MIN - seen.silentSeconds)
  return clearInSeconds > 0 ? { seenAt: seen.seenAt, clearInSeconds } : undefined
}

export type Removal =
  | { outcome: 'unknown' }
  /** a process that has it may be at work */
  | ({ outcome: 'in_use' } & InUse)
  | { outcome: 'removed'; waitingCount: number; deadCount: number }

/**
 * Forgets a handler for every merchant and mode, so that each finds the deed in its audit log, with what went of its own.
 * @param force also while a process that has it was heard of; it is then called no more until that process starts anew
 */
export function removeHandler(
  { database, newId }: DeedDeps,
  by: Omit<Deed, 'scope'>,
  name: string,
  { force }: { force: boolean },
): Promise<Removal> {
  return database.transaction(async (tx) => {
    const locked = await lockHandler(tx, name)
    if (locked === undefined) return { outcome: 'unknown' }
    const use = findUse(locked)
    if (!force && use !== undefined) return { outcome: 'in_use', ...use }
    let [waitingCount, deadCount] = [0, 0]
    for (const gone of await deleteHandler(tx, name)) {
      const { merchantId, livemode } = gone
      const details = {
        waiting_count: gone.waitingCount,
        dead_count: gone.deadCount,
        forced: force,
      }
      const deed = { ...by, scope: { merchantId, livemode } }
      await recordDeed(tx, newId, deed, { action: 'handler.removed', subjectId: name, details })
      waitingCount += gone.waitingCount
      deadCount += gone.deadCount
    }
    return { outcome: 'removed', waitingCount, deadCount }
  })
}
