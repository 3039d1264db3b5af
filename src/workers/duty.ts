/**
 * Workers: duties that run in turns until stopped.
 *
 * A turn that did something is followed by the next at once; an idle one waits for a wake-up or the poll interval; one
 * that found less than is worth a turn lets work gather first.
 * An error pauses the duty for a second and spends nothing, so work goes on by itself once its cause is gone.
 */
export type Duty = {
  name: string
  /** how long an idle duty waits when nobody wakes it */
  pollMs: number
  /** @returns whether there may be more to do right now; `gather`: there may, and a moment later more of it */
  takeTurn: () => Promise<'idle' | 'worked' | 'gather'>
  /** least time from the beginning of a turn that ended in `gather` to the beginning of the next */
  gatherMs?: number
  /** a turn that takes longer is no longer believed in; 30 s unless said otherwise */
  turnMsMax?: number
}

export type RunningDuty = {
  name: string
  wake(): void
  /** failing from an error until the next good turn; stalled while a turn takes longer than it may */
  condition(): 'well' | 'failing' | 'stalled'
  /** resolves once the turn under way is done */
  stop(): Promise<void>
}

const ERROR_PAUSE_MS = 1_000
/** A batch takes well under a second; this is for a database that has a bad minute. */
const TURN_MS_MAX = 30_000

export function startDuty(
  duty: Duty,
  onError: (duty: string, error: unknown) => void,
): RunningDuty {
  let stopped = false
  let woken = false
  let failing = false
  /** of the turn under way */
  let turnStartedAt: number | undefined
  let wakeSleeper = () => {}
  let endRest = () => {}

  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      if (woken || stopped) return resolve()
      const timer = setTimeout(resolve, ms)
      wakeSleeper = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const rest = (ms: number) =>
    new Promise<void>((resolve) => {
      if (stopped) return resolve()
      const timer = setTimeout(resolve, ms)
      endRest = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const loop = async () => {
    while (!stopped) {
      woken = false
      const startedAt = performance.now()
      turnStartedAt = startedAt
      try {
        const outcome = await duty.takeTurn()
        turnStartedAt = undefined
        failing = false
        if (outcome === 'idle') await sleep(duty.pollMs)
        else if (outcome === 'gather') {
          // Not by `sleep`: more work is no reason to wake up, it is what is waited for.
          const restMs = startedAt + (duty.gatherMs ?? 0) - performance.now()
          if (restMs > 0) await rest(restMs)
          else await new Promise(setImmediate)
        }
        // Between two busy turns the process serves its sockets.
        else await new Promise(setImmediate)
      } catch (error) {
        turnStartedAt = undefined
        failing = true
        onError(duty.name, error)
        woken = false
        await sleep(ERROR_PAUSE_MS)
      }
    }
  }
  const running = loop()
  return {
    name: duty.name,
    wake: () => {
      woken = true
      wakeSleeper()
    },
    condition: () => {
      const tookMs = turnStartedAt === undefined ? 0 : performance.now() - turnStartedAt
      if (tookMs > (duty.turnMsMax ?? TURN_MS_MAX)) return 'stalled'
      return failing ? 'failing' : 'well'
    },
    stop: async () => {
      stopped = true
      wakeSleeper()
      endRest()
      await running
    },
  }
}
