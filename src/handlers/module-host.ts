/**
 * Keeps one process of the user's module running: started when needed, started anew after it ended, later each time
 * when it ends by itself soon after its start.
 */
import type { FromModule, ToModule } from './messages.ts'
import { type ModuleProcess, startModule } from './start-module.ts'

export type ModuleHostOptions = {
  path: string
  onMessage: (message: FromModule) => void
  /** the process ended; `how` is for people */
  onEnded: (how: string) => void
  /** it could not be started again; it will be tried later */
  onNotStarted: (error: unknown) => void
}

export type ModuleHost = {
  /** Starts the process when it is not running. @returns false while it is too early to try again */
  ready(): Promise<boolean>
  send(message: ToModule): void
  /** ends the process at once; the next `ready` starts another. @returns false when none was running */
  kill(): boolean
  /** ends it for good */
  close(): Promise<void>
}

const SOON_MS = 10_000
const PAUSE_MS_MIN = 250
const PAUSE_MS_MAX = 30_000

export function openModuleHost(options: ModuleHostOptions): ModuleHost {
  let running: ModuleProcess | undefined
  let starting: Promise<boolean> | undefined
  let pauseMs = 0
  let startAfter = 0
  let closed = false
  let killed = false

  const start = async (): Promise<boolean> => {
    const startedAt = performance.now()
    try {
      const started = await startModule(options)
      running = started
      killed = false
      void started.ended.then((how) => {
        running = undefined
        pause(!killed && performance.now() - startedAt < SOON_MS)
        options.onEnded(how)
      })
      if (closed) started.kill()
      return !closed
    } catch (error) {
      pause(true)
      options.onNotStarted(error)
      return false
    } finally {
      starting = undefined
    }
  }
  const pause = (soon: boolean) => {
    pauseMs = soon ? Math.min(Math.max(PAUSE_MS_MIN, pauseMs * 2), PAUSE_MS_MAX) : 0
    startAfter = performance.now() + pauseMs
  }
  return {
    ready: async () => {
      if (closed) return false
      if (running !== undefined) return true
      if (starting === undefined && performance.now() < startAfter) return false
      starting ??= start()
      return starting
    },
    send: (message) => running?.send(message),
    kill: () => {
      killed = running !== undefined
      running?.kill()
      return killed
    },
    close: async () => {
      closed = true
      await starting
      const last = running
      last?.kill()
      await last?.ended
    },
  }
}
