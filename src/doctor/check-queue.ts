import { setTimeout } from 'node:timers/promises'
import type { Queryable } from '../store/db.ts'
import { type QueueLag, readQueueLag } from '../store/queue-lag.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

/** An idle worker takes an event within milliseconds, and one that polls within a second. */
const LATE_SECONDS_WARN = 5
/** The longest after which a dead worker's work is taken by another. */
const LATE_SECONDS_FAIL = 30
const SECOND_LOOK_MS = 1_500

/** Judges by rows alone: whether what is due is taken. */
export async function checkQueue(database: Queryable): Promise<Finding> {
  const first = await readQueueLag(database)
  if (first.oldestDueSeconds < LATE_SECONDS_WARN) return judgeQueue(first, first)
  await setTimeout(SECOND_LOOK_MS)
  return judgeQueue(first, await readQueueLag(database))
}

/** Two looks: a queue whose head does not move is stuck, one whose head moves is only long. */
export function judgeQueue(first: QueueLag, second: QueueLag): Finding {
  if (second.dueCount === 0) return ok('queue', 'Nothing that is due waits for a worker.')
  if (second.oldestDueSeconds < LATE_SECONDS_WARN) {
    return ok(
      'queue',
      `${second.dueCount} events are due, the oldest for less than ${LATE_SECONDS_WARN} s.`,
    )
  }
  const found = `${second.dueCount} events are due, the oldest (${second.oldestId}) for ${Math.round(second.oldestDueSeconds)} s`
  const isStuck = first.oldestId === second.oldestId
  if (isStuck && second.oldestDueSeconds >= LATE_SECONDS_FAIL) {
    return fail(
      'queue',
      `${found}, and nobody takes them.`,
      'Start a worker: npx payonce start --role worker. If one runs, its log says why it rests.',
    )
  }
  return warn(
    'queue',
    `${found}; they are being worked off.`,
    'Wait, or start more workers: npx payonce start --role worker.',
  )
}
