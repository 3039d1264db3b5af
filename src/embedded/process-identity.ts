import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { isErrorCode } from './data-folder.ts'

const POLL_MS = 20

/** A pid alone is recycled; together with the moment of its start it names one process. */
export interface ProcessIdentity {
  startedAt: string
  command: string
}

export async function findProcess(pid: number): Promise<ProcessIdentity | undefined> {
  return process.platform === 'linux' ? findInProc(pid) : findWithPs(pid)
}

/** True when the process ended within the time. */
export async function waitForEnd(pid: number, waitMsMax: number): Promise<boolean> {
  const deadline = performance.now() + waitMsMax
  while ((await findProcess(pid)) !== undefined) {
    if (performance.now() > deadline) return false
    await setTimeout(POLL_MS)
  }
  return true
}

async function findInProc(pid: number): Promise<ProcessIdentity | undefined> {
  try {
    const [stat, command, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ])
    // The name in parentheses may hold spaces, so fields are counted after it: state is the first,
    // the start in clock ticks since boot the twentieth.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined
    return {
      startedAt: `${boot.trim()} ${fields[19]}`,
      command: command.replaceAll('\0', ' ').trim(),
    }
  } catch (error) {
    if (isErrorCode(error, 'ENOENT') || isErrorCode(error, 'ESRCH')) return undefined
    throw error
  }
}

async function findWithPs(pid: number): Promise<ProcessIdentity | undefined> {
  try {
    const { stdout } = await promisify(execFile)('ps', [
      '-ww',
      '-o',
      'stat=,lstart=,command=',
      '-p',
      String(pid),
    ])
    const found = /^\s*(\S+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)$/s.exec(stdout)
    if (found?.[2] === undefined || found[3] === undefined || found[1]?.startsWith('Z')) {
      return undefined
    }
    return { startedAt: found[2], command: found[3].trim() }
  } catch (error) {
    // `ps` answers 1 when no such process runs.
    if (error instanceof Error && 'code' in error && error.code === 1) return undefined
    throw error
  }
}
