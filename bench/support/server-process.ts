import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { closeOnInterrupt } from './interrupts.ts'

export type ServerProcess = {
  pid: number
  port: number
  readyMs: number
  close: () => Promise<void>
}

const READY_MS_MAX = 60_000
const POLL_MS = 5
const STOP_MS_MAX = 30_000

/** Starts a Node program that serves HTTP on `port`; resolves once `readyPath` answers 200. */
export async function startServerProcess(options: {
  script: string
  args: string[]
  /** to Node itself */
  nodeArgs?: string[]
  port: number
  readyPath: string
  /** over our own environment */
  environment?: Record<string, string>
  folder?: string
}): Promise<ServerProcess> {
  const startedAt = performance.now()
  const child = spawn(
    process.execPath,
    [...(options.nodeArgs ?? []), options.script, ...options.args],
    {
      // Lines of the log are written, to nowhere: their making counts, the terminal does not.
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, ...options.environment },
      ...(options.folder !== undefined && { cwd: options.folder }),
    },
  )
  const { pid } = child
  if (pid === undefined) throw new Error(`${options.script} did not start`)
  const close = closeOnInterrupt(() => stop(child))
  while (!(await answers(`http://127.0.0.1:${options.port}${options.readyPath}`))) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`${options.script} ended with ${child.exitCode ?? child.signalCode}`)
    }
    if (performance.now() - startedAt > READY_MS_MAX) {
      await close()
      throw new Error(`${options.script} was not ready after ${READY_MS_MAX / 1000} s`)
    }
    await setTimeout(POLL_MS)
  }
  return { pid, port: options.port, readyMs: performance.now() - startedAt, close }
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url)
    await answer.arrayBuffer()
    return answer.ok
  } catch {
    return false
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const patience = new AbortController()
  const cut = setTimeout(STOP_MS_MAX, undefined, { signal: patience.signal })
    .then(() => child.kill('SIGKILL'))
    .catch(() => undefined)
  await ended
  patience.abort()
  await cut
}
