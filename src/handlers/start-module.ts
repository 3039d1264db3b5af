import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { FromModule, ToModule } from './messages.ts'

export type ModuleExports = { handlers: string[]; observers: string[] }

/** A process of its own that runs the user's module. */
export type ModuleProcess = ModuleExports & {
  send(message: ToModule): void
  /** resolves with how it ended, once it has */
  ended: Promise<string>
  /** ends it at once, whatever it does */
  kill(): void
}

export type StartModuleOptions = {
  /** absolute */
  path: string
  onMessage: (message: FromModule) => void
  loadMsMax?: number
}

const entry = fileURLToPath(new URL('./module-process.ts', import.meta.url))
const LOAD_MS_MAX = 15_000
/** Beyond it the process ends by itself and is started anew. */
const HEAP_MB_MAX = 512
const STANDARD_ERROR = 2

/** @throws Error that names the module and says why it could not be loaded */
export async function startModule(options: StartModuleOptions): Promise<ModuleProcess> {
  const child = fork(entry, [options.path, String(process.pid)], {
    execArgv: [`--max-old-space-size=${HEAP_MB_MAX}`],
    serialization: 'advanced',
    // Our standard output is JSON lines, so what the module prints goes to standard error.
    stdio: ['ignore', STANDARD_ERROR, STANDARD_ERROR, 'ipc'],
  })
  const ended = endOf(child)
  const kill = () => void child.kill('SIGKILL')
  const loading = Promise.withResolvers<ModuleExports>()
  child.on('message', (message: FromModule) => {
    if (message.kind === 'loaded') loading.resolve(message)
    else if (message.kind === 'not_loaded') loading.reject(notLoaded(options, message.cause))
    else options.onMessage(message)
  })
  void ended.then((how) => loading.reject(notLoaded(options, `its process ${how}`)))
  const msMax = options.loadMsMax ?? LOAD_MS_MAX
  const late = () => loading.reject(notLoaded(options, `it was not loaded within ${msMax} ms`))
  const timer = setTimeout(late, msMax)
  try {
    const { handlers, observers } = await loading.promise
    // A message to a process that has just ended is lost with it: `ended` tells that.
    const send = (message: ToModule) => void child.send(message, () => {})
    return { handlers, observers, send, ended, kill }
  } catch (error) {
    kill()
    await ended
    throw error
  } finally {
    clearTimeout(timer)
  }
}

function endOf(child: ChildProcess): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  child.once('exit', (code, signal) =>
    resolve(signal === null ? `ended with code ${code}` : `was ended by ${signal}`),
  )
  child.on('error', (error) => resolve(`failed: ${error.message}`))
  return promise
}

function notLoaded({ path }: StartModuleOptions, cause: string): Error {
  return new Error(`PAYONCE_HANDLERS: ${path} cannot be used: ${cause}`)
}
