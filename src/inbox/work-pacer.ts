/**
 * Shares out the event loop's turns among bodies, so that a thousand that arrive at once do not add up to one
 * long turn in which nothing else is answered.
 */
export type WorkPacer = {
  /** Undefined: go on at once. Else go on when it resolves, in a later turn, first come first served. */
  pass(bytes: number): Promise<void> | undefined
}

/** About two milliseconds of hashing and copying. */
const TURN_BYTES_MAX = 2 * 1024 * 1024

export function openWorkPacer(turnBytesMax = TURN_BYTES_MAX): WorkPacer {
  let spent = 0
  let isScheduled = false
  const waiting: { bytes: number; resolve: () => void }[] = []

  const schedule = () => {
    if (isScheduled) return
    isScheduled = true
    setImmediate(startTurn)
  }
  const startTurn = () => {
    isScheduled = false
    spent = 0
    // The first of a turn always passes, however large it is.
    while (waiting.length > 0 && (spent === 0 || spent < turnBytesMax)) {
      const next = waiting.shift()
      spent += next?.bytes ?? 0
      next?.resolve()
    }
    if (waiting.length > 0) schedule()
  }

  return {
    pass: (bytes) => {
      schedule()
      if (waiting.length === 0 && spent < turnBytesMax) {
        spent += bytes
        return undefined
      }
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.push({ bytes, resolve })
      return promise
    },
  }
}
