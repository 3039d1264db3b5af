/**
 * Shares out the event loop's turns among bodies, so that a thousand that arrive at once do not add up to one
 * long turn in which nothing else is answered. What has begun goes before what is new: otherwise all would hold
 * a part, together fill the room there is, and none would be finished.
 */
export type WorkPacer = {
  /** Undefined: go on at once. Else go on when it resolves, in a later turn. */
  pass(bytes: number, stage: WorkStage): Promise<void> | undefined
}
export type WorkStage = 'begun' | 'new'

/** About a millisecond of hashing and copying. */
const TURN_BYTES_MAX = 1024 * 1024
/** Nearly all events are smaller than this, and never wait for large ones. */
const SMALL_BYTES_MAX = 16_384

export function openWorkPacer(turnBytesMax = TURN_BYTES_MAX): WorkPacer {
  let spent = 0
  let isScheduled = false
  const waiting = { begun: [] as Waiting[], new: [] as Waiting[] }

  const schedule = () => {
    if (isScheduled) return
    isScheduled = true
    setImmediate(startTurn)
  }
  const startTurn = () => {
    isScheduled = false
    spent = 0
    while (spent < turnBytesMax) {
      const next = waiting.begun.shift() ?? waiting.new.shift()
      if (next === undefined) return
      spent += next.bytes
      next.resolve()
    }
    schedule()
  }

  return {
    pass: (bytes, stage) => {
      schedule()
      const isFree = waiting.begun.length === 0 && waiting.new.length === 0 && spent < turnBytesMax
      if (isFree || bytes <= SMALL_BYTES_MAX) {
        spent += bytes
        return undefined
      }
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting[stage].push({ bytes, resolve })
      return promise
    },
  }
}

type Waiting = { bytes: number; resolve: () => void }
