import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { resolve } from 'node:path'

const main = resolve(import.meta.dirname, '../../src/main.ts')
const READY_MS_MAX = 30_000
const PORT_LEAST = 13_000
const PORT_MOST = 32_000

/** A Payonce process of its own, as `npm start` runs it. */
export type PayonceProcess = {
  pid: number
  /** everything it has printed so far */
  output: () => string
  ready: Promise<void>
  /** resolves with the exit code, or the signal's name, once it is gone */
  exited: Promise<number | string>
  kill(signal: NodeJS.Signals): void
}

export function startPayonce(options: {
  args?: string[]
  environment: Record<string, string>
  /** the process is npm, which starts the other */
  throughNpm?: boolean
  /** where it is started; the repository unless given */
  folder?: string
}): PayonceProcess {
  const [command, ...before] = options.throughNpm
    ? ['npm', 'start', '--']
    : [process.execPath, main]
  const child: ChildProcess = spawn(command ?? '', [...before, ...(options.args ?? [])], {
    cwd: options.folder ?? resolve(main, '../..'),
    env: { PATH: process.env.PATH, LOG_LEVEL: 'warn', SANDBOX_PORT: '0', ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const ready = Promise.withResolvers<void>()
  const timer = setTimeout(
    () => ready.reject(new Error(`not ready in time:\n${output}`)),
    READY_MS_MAX,
  )
  const read = (chunk: Buffer) => {
    output += chunk.toString('utf8')
    if (/is ready /.test(output)) ready.resolve()
  }
  child.stdout?.on('data', read)
  child.stderr?.on('data', read)
  const exited = once(child, 'exit').then(([code, signal]) => {
    ready.reject(new Error(`ended before it was ready (${signal ?? code}):\n${output}`))
    return (signal ?? code ?? 0) as number | string
  })
  // A process that is killed before it is ready is no failure of the test that killed it.
  ready.promise.catch(() => {})
  ready.promise.finally(() => clearTimeout(timer)).catch(() => {})
  return {
    pid: child.pid ?? 0,
    output: () => output,
    ready: ready.promise,
    exited,
    kill: (signal) => child.kill(signal),
  }
}

/**
 * A port nobody listens on, outside of the range the system gives to connections and to those who ask for any: a
 * connection of another test could take it before it is used.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORT_LEAST, PORT_MOST)
    const server = createServer()
    const isFree = new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!(await isFree)) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
