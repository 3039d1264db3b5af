import type { DataFolder } from './data-folder.ts'
import type { EmbeddedLog } from './log.ts'
import { disownPostmaster, readPostmaster } from './postmaster-file.ts'
import { findProcess, waitForEnd } from './process-identity.ts'

const FAST_STOP_MS_MAX = 10_000
const IMMEDIATE_STOP_MS_MAX = 5_000

/**
 * A kill -9 of Node leaves its server running. The caller owns the data folder, so a server still
 * there has no owner: it is stopped and a new one started, whose log and exit we see.
 */
export async function stopOrphan(folder: DataFolder, log: EmbeddedLog): Promise<void> {
  const left = await readPostmaster(folder)
  if (left === undefined) return
  const found = await findProcess(left.pid)
  if (found === undefined) return // PostgreSQL clears the file of a dead server itself.
  if (!isServerOf(folder, found.command)) return await disownPostmaster(folder)

  log.warn(`Stopping the PostgreSQL (pid ${left.pid}) that a killed Payonce left behind.`)
  process.kill(left.pid, 'SIGINT')
  if (await waitForEnd(left.pid, FAST_STOP_MS_MAX)) return
  process.kill(left.pid, 'SIGQUIT')
  if (await waitForEnd(left.pid, IMMEDIATE_STOP_MS_MAX)) return
  throw new Error(
    `PostgreSQL pid ${left.pid} still runs on ${folder.cluster} and does not stop; stop it by hand (kill ${left.pid}).`,
  )
}

function isServerOf(folder: DataFolder, command: string): boolean {
  return /postgres(?:\s|$)/.test(command) && `${command} `.includes(` -D ${folder.cluster} `)
}
