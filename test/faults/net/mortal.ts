/**
 * A process as the net sees it: everything it does to the outside passes a named point, and at one of them it dies,
 * is refused, stands still, or is left in doubt.
 *
 * The points are found by the wrappers around the driver and the provider's client while the program runs; nobody
 * lists them. Points are counted in the order in which they are reached.
 */
export const stepModes = ['die_before', 'die_after', 'error', 'hang', 'twice'] as const
export type StepMode = (typeof stepModes)[number]
/** What may be wrong with the answer of a provider, with the effect or without it. */
export const answerModes = [
  'unavailable',
  'failed_after',
  'rate_limit',
  'key_in_use',
  'broken_before',
  'broken_after',
  'truncated',
  'html',
  'wrong_amount',
] as const
export type AnswerMode = (typeof answerModes)[number]
export const modes = [...stepModes, ...answerModes] as const
export type Mode = (typeof modes)[number]

export type Fault = {
  /** the place in the order of points, from 0 */
  at: number
  mode: Mode
  /** which of the ways to say no an error takes */
  chance: number
}

/** One step to the outside, in every way it may go. */
export type Crossing<T> = {
  perform(): Promise<T>
  /** an answer that says no, without the effect */
  refuse(chance: number): Promise<T>
  /** the effect, then what makes whoever asked ask again; or the effect two times */
  repeat(): Promise<T>
  /** present where the other side is a provider: it answers wrongly */
  misanswer?(mode: AnswerMode): Promise<T>
}

export type Mortal = {
  readonly points: readonly string[]
  readonly hasFired: boolean
  readonly isDead: boolean
  /** resolves when it dies */
  readonly died: Promise<void>
  pass<T>(name: string, crossing: Crossing<T>): Promise<T>
  /** from now on nothing is a point: the process lives on without further faults */
  spare(): void
  /** lets go of everything that still waits inside of a dead process */
  bury(): void
}

export function openMortal(options: {
  fault: Fault | undefined
  /** what the outside does to a process that is gone */
  onDeath: () => Promise<void>
  /** what goes on around one that stands still for longer than anything waits for it */
  onStandstill: () => Promise<void>
}): Mortal {
  const { fault } = options
  const points: string[] = []
  const occurrences = new Map<string, number>()
  const death = Promise.withResolvers<void>()
  const waiting = new Set<(reason: Error) => void>()
  let isDead = false
  let isBuried = false
  let isSpared = false
  let hasFired = false
  let standstill: Promise<void> | undefined

  const never = <T>(): Promise<T> => {
    const { promise, reject } = Promise.withResolvers<T>()
    if (isBuried) reject(new Error('this process is dead'))
    else waiting.add(reject)
    return promise
  }
  const die = async () => {
    isDead = true
    await options.onDeath()
    death.resolve()
  }
  /** Whatever comes back to a dead process is heard by nobody. */
  const heard = async <T>(work: Promise<T>): Promise<T> => {
    try {
      const value = await work
      return isDead ? await never<T>() : value
    } catch (error) {
      if (isDead) return never<T>()
      throw error
    }
  }
  const count = (name: string): number => {
    const occurrence = (occurrences.get(name) ?? 0) + 1
    occurrences.set(name, occurrence)
    return points.push(`${name}#${occurrence}`) - 1
  }
  const meet = async <T>(mode: Mode, crossing: Crossing<T>): Promise<T> => {
    switch (mode) {
      case 'die_before':
        await die()
        return never<T>()
      case 'die_after':
        await crossing.perform().catch(() => undefined)
        await die()
        return never<T>()
      case 'error':
        return heard(crossing.refuse(fault?.chance ?? 0))
      case 'twice':
        return heard(crossing.repeat())
      case 'hang': {
        standstill = options.onStandstill()
        await standstill
        standstill = undefined
        return heard(crossing.perform())
      }
      default:
        if (crossing.misanswer === undefined) throw new Error(`nobody answers with ${mode} here`)
        return heard(crossing.misanswer(mode))
    }
  }

  return {
    points,
    get hasFired() {
      return hasFired
    },
    get isDead() {
      return isDead
    },
    died: death.promise,
    pass: async (name, crossing) => {
      if (isDead) return never()
      if (isSpared) return heard(crossing.perform())
      const place = count(name)
      if (fault?.at === place) {
        hasFired = true
        return meet(fault.mode, crossing)
      }
      // A process that stands still does so as a whole, and goes on in the order it stopped in.
      if (standstill !== undefined) await standstill
      return heard(crossing.perform())
    },
    spare: () => {
      isSpared = true
    },
    bury: () => {
      isBuried = true
      for (const reject of waiting) reject(new Error('this process is dead'))
      waiting.clear()
    },
  }
}
