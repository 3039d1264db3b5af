import { readFileSync } from 'node:fs'
import { processTree } from './process-cpu.ts'

/** PSS of a process and everything below it, in MB of 2^20 bytes: shared pages count once, divided among their users. */
export function proportionalSetMb(root: number): number {
  return processTree(root).reduce((sum, pid) => sum + pssKb(pid), 0) / 1024
}

function pssKb(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    return Number(/^Pss: +(\d+) kB$/m.exec(text)?.[1] ?? 0)
  } catch {
    return 0
  }
}
