import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

export type SandboxProcessOptions = {
  dataDir: string
  port: number
  seed: number
  durable: 'on' | 'off'
  webhookUrl: string
  webhookSecret: string
  /** told when it ended by itself; it is started again */
  onEnded: (how: string) => void
}

export type SandboxProcess = { pid(): number | undefined; close(): Promise<void> }

const main = resolve(import.meta.dirname, '../../sandbox/main.ts')
const RESTART_MS_FIRST = 200
const RESTART_MS_MAX = 5_000
const STOP_MS_MAX = 5_000

/**
 * A provider that is a process of its own: it may be killed and comes back with every effect it acknowledged, as a
 * real one would. It ends with whoever started it, however that ends.
 * @throws Error with its last words when it does not come up the first time
 */
export async function startSandbox(options: SandboxProcessOptions): Promise<SandboxProcess> {
  const closing = new AbortController()
  let child = await start(options)
  const kept = (async () => {
    for (let failures = 0; ; ) {
      const [code, signal] = await ended(child)
      if (closing.signal.aborted) return
      options.onEnded(signal ?? `code ${code}`)
      // It rejects only when we close, which is asked next.
      await wait(Math.min(RESTART_MS_FIRST * 2 ** failures, RESTART_MS_MAX), undefined, {
        signal: closing.signal,
      }).catch(() => {})
      if (closing.signal.aborted) return
      try {
        child = await start(options)
        failures = 0
        // Closed while it came up: nobody else would end it.
        if (closing.signal.aborted) child.kill('SIGTERM')
      } catch (error) {
        failures++
        options.onEnded(error instanceof Error ? error.message : String(error))
      }
    }
  })()
  return {
    pid: () => child.pid,
    close: async () => {
      closing.abort()
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM')
        const cut = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX)
        await ended(child)
        clearTimeout(cut)
      }
      await kept
    },
  }
}

async function ended(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return [child.exitCode, child.signalCode]
}

async function start(options: SandboxProcessOptions): Promise<ChildProcess> {
  const child = fork(main, [], {
    // Its own settings only: nothing of our secrets is its business.
    env: {
      SANDBOX_PORT: String(options.port),
      SANDBOX_DATA_DIR: options.dataDir,
      SANDBOX_SEED: String(options.seed),
      SANDBOX_DURABLE: options.durable,
      SANDBOX_WEBHOOK_URL: options.webhookUrl,
      SANDBOX_WEBHOOK_SECRET: options.webhookSecret,
    },
    // A Ctrl-C in the terminal is for us: it outlives our drain.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let words = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    words = `${words}${chunk.toString('utf8')}`.slice(-2_000)
  })
  const outcome = await Promise.race([
    once(child, 'message').then(() => 'ready' as const),
    ended(child).then(() => 'ended' as const),
  ])
  if (outcome === 'ended') throw new Error(`The sandbox did not start:\n${words}`)
  return child
}
