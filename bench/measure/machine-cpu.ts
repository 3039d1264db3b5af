/** What the whole machine did, from /proc/stat: how much others took from us. */
import { readFileSync } from 'node:fs'

/** Ticks since boot, summed over all cores. */
export type MachineCpu = { total: number; busy: number; steal: number }

export function readMachineCpu(): MachineCpu {
  const line = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? ''
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softIrq = 0, steal = 0] = line
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number)
  const busy = user + nice + system + irq + softIrq
  return { total: busy + idle + wait + steal, busy, steal }
}

/** Between two readings, as shares of all CPU time; `ownUs` is what the processes under measurement took. */
export function sharesBetween(
  from: MachineCpu,
  to: MachineCpu,
  ownUs: number,
): { steal: number; foreign: number } {
  const total = Math.max(1, to.total - from.total)
  const foreign = to.busy - from.busy - ownUs / 10_000
  return { steal: (to.steal - from.steal) / total, foreign: Math.max(0, foreign) / total }
}
