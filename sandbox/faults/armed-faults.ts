import type { FaultMode } from './modes.ts'

/** A fault that waits for calls of its operation; `*` is any. */
export type Fault = {
  readonly operation: string
  readonly mode: FaultMode
  /** how many calls it hits */
  readonly times: number
  readonly delayMs: number
  fired: number
}

export type ArmedFaults = {
  arm(fault: Omit<Fault, 'fired'>): Fault
  /** The oldest armed fault for this operation, counted as fired. */
  take(operation: string): Fault | undefined
  list(): readonly Fault[]
  disarm(): void
  /** which firing this is, over all faults: what its chances depend on */
  readonly firedCount: number
}

export function createArmedFaults(): ArmedFaults {
  let faults: Fault[] = []
  let waiting: Fault[] = []
  let firedCount = 0
  return {
    arm: (fault) => {
      const armed = { ...fault, fired: 0 }
      faults.push(armed)
      waiting.push(armed)
      return armed
    },
    take: (operation) => {
      if (waiting.length === 0) return undefined
      const fault = waiting.find((one) => one.operation === operation || one.operation === '*')
      if (fault === undefined) return undefined
      fault.fired++
      firedCount++
      if (fault.fired === fault.times) waiting = waiting.filter((one) => one !== fault)
      return fault
    },
    list: () => faults,
    disarm: () => {
      faults = []
      waiting = []
    },
    get firedCount() {
      return firedCount
    },
  }
}
