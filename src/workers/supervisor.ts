import { type Duty, type RunningDuty, startDuty } from './duty.ts'

export type Supervisor = {
  /** wakes the duties of that name */
  wake(name: string): void
  health(): { ok: boolean; detail: string }
  /** stops taking turns and waits for those under way */
  stop(): Promise<void>
}

/** Starts every duty of this process and stops them together. */
export function startSupervisor(
  duties: Duty[],
  onError: (duty: string, error: unknown) => void,
): Supervisor {
  const running: RunningDuty[] = duties.map((duty) => startDuty(duty, onError))
  return {
    wake: (name) => {
      for (const duty of running) if (duty.name === name) duty.wake()
    },
    health: () => {
      const troubles = (['failing', 'stalled'] as const).flatMap((condition) => {
        const names = running.filter((duty) => duty.condition() === condition)
        if (names.length === 0) return []
        return [`${condition}: ${[...new Set(names.map(({ name }) => name))].join(', ')}`]
      })
      return troubles.length === 0
        ? { ok: true, detail: `${running.length} duties running` }
        : { ok: false, detail: troubles.join('; ') }
    },
    stop: async () => {
      await Promise.all(running.map((duty) => duty.stop()))
    },
  }
}
