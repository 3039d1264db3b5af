import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import type { DataFolder } from './data-folder.ts'
import type { Launch } from './launch.ts'
import { readPostmaster } from './postmaster-file.ts'
import { openServerLog, readLogTail } from './server-log.ts'

const READY_POLL_MS = 10
// After a crash the server replays up to max_wal_size of WAL before it answers.
const READY_MS_MAX = 600_000
const FAST_STOP_MS_MAX = 15_000
const IMMEDIATE_STOP_MS_MAX = 5_000

export interface ServerProcess {
  child: ChildProcess
  pid: number
  /** Resolves with what the server said last, once it has ended. */
  ended: Promise<string>
}

export interface StartOptions {
  postgres: string
  launch: Launch
  port: number
  settings: Record<string, string>
}

export async function startServer(
  folder: DataFolder,
  { postgres, launch, port, settings }: StartOptions,
): Promise<ServerProcess> {
  const args = ['-D', folder.cluster, '-p', String(port)]
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`)

  const logFile = await openServerLog(folder)
  const { size: logStart } = await logFile.stat()
  const child = launch(postgres, args, ['ignore', logFile.fd, logFile.fd])
  // Listened for from the first moment: a server that ends at once must not be waited for.
  const ended = once(child, 'exit').then(async ([code, signal]) => {
    const reason = signal === null ? `code ${code}` : `signal ${signal}`
    return `PostgreSQL ended with ${reason}. Its last words (${folder.serverLog}):\n${await readLogTail(folder, logStart)}`
  })
  await Promise.race([once(child, 'spawn'), ended]).finally(() => logFile.close())
  if (child.pid === undefined) throw new Error(`${postgres} did not start.`)
  const server = { child, pid: child.pid, ended }

  const failure = await Promise.race([waitUntilReady(folder, server), ended])
  if (failure !== undefined) {
    if (isRunning(child)) await stopServer(server)
    throw new Error(failure)
  }
  // The server alone must not keep a finished program alive; stopServer takes hold of it again.
  child.unref()
  return server
}

/** Undefined once the server answers; else the reason why it is not waited for any longer. */
async function waitUntilReady(
  folder: DataFolder,
  { child, pid, ended }: ServerProcess,
): Promise<string | undefined> {
  const deadline = performance.now() + READY_MS_MAX
  while (performance.now() < deadline) {
    if (!isRunning(child)) return ended
    const postmaster = await readPostmaster(folder)
    if (postmaster?.pid === pid && postmaster.isReady) return undefined
    await setTimeout(READY_POLL_MS)
  }
  return `PostgreSQL was not ready after ${READY_MS_MAX / 1000} s; see ${folder.serverLog}.`
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null
}

export async function stopServer({ child, pid, ended }: ServerProcess): Promise<void> {
  child.ref()
  child.kill('SIGINT')
  if (await endsWithin(ended, FAST_STOP_MS_MAX)) return
  child.kill('SIGQUIT')
  if (await endsWithin(ended, IMMEDIATE_STOP_MS_MAX)) return
  throw new Error(`PostgreSQL pid ${pid} does not stop.`)
}

async function endsWithin(ended: Promise<string>, waitMsMax: number): Promise<boolean> {
  const patience = new AbortController()
  const timeout = setTimeout(waitMsMax, false, { signal: patience.signal })
  try {
    return await Promise.race([ended.then(() => true), timeout])
  } finally {
    timeout.catch(() => undefined) // Ended in time: the abort below is what it rejects with.
    patience.abort()
  }
}
