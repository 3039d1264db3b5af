/** CPU time of processes, from /proc: user and system together. */
import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts in ticks of 1/100 s on every architecture Node runs on. */
const MICROSECONDS_PER_TICK = 10_000

type Stat = { parent: number; ownUs: number; reapedUs: number }

/** CPU of one process, or 0 once it is gone. */
export function processCpuUs(pid: number): number {
  return readStat(pid)?.ownUs ?? 0
}

/** CPU of a process, its living descendants, and those of them that have ended. */
export function processTreeCpuUs(root: number): number {
  const stats = readAllStats()
  let sum = 0
  for (const pid of descendants(root, stats)) {
    const stat = stats.get(pid)
    if (stat !== undefined) sum += stat.ownUs + stat.reapedUs
  }
  return sum
}

/** The process and everything below it, alive now. */
export function processTree(root: number): number[] {
  return descendants(root, readAllStats())
}

function readAllStats(): Map<number, Stat> {
  const stats = new Map<number, Stat>()
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? readStat(Number(name)) : undefined
    if (stat !== undefined) stats.set(Number(name), stat)
  }
  return stats
}

function descendants(root: number, stats: Map<number, Stat>): number[] {
  const found = [root]
  for (const parent of found) {
    for (const [pid, stat] of stats) if (stat.parent === parent) found.push(pid)
  }
  return found
}

function readStat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold spaces; fields are counted after it, the state being the first.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const ticks = (index: number) => Number(fields[index])
    return {
      parent: Number(fields[1]),
      ownUs: (ticks(11) + ticks(12)) * MICROSECONDS_PER_TICK,
      reapedUs: (ticks(13) + ticks(14)) * MICROSECONDS_PER_TICK,
    }
  } catch {
    return undefined
  }
}
