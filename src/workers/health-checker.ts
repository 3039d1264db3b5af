import type { Duty } from './duty.ts'

type Check = { ok: boolean; detail?: string }

const POLL_MS = 15_000

/**
 * Checks the process's own dependencies without being asked, and tells every change: an on-call engineer finds in
 * the log when a dependency went and when it came back, also where nothing polls the readiness probe.
 */
export function healthChecker(deps: {
  check: () => Promise<Record<string, Check>>
  onChange: (change: { dependency: string; ok: boolean; detail: string }) => void
}): Duty {
  const last = new Map<string, boolean>()
  return {
    name: 'health-checker',
    pollMs: POLL_MS,
    takeTurn: async () => {
      for (const [dependency, { ok, detail = '' }] of Object.entries(await deps.check())) {
        // Everything is taken for well until it is seen otherwise.
        if (ok !== (last.get(dependency) ?? true)) deps.onChange({ dependency, ok, detail })
        last.set(dependency, ok)
      }
      return 'idle'
    },
  }
}
