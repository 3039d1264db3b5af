/**
 * Calls of one handler in a process of its own. A call that outlives its time is ended with its process: nothing else
 * stops a handler that blocks or waits for ever, and a call that goes on must not meet its own repeat.
 * Blame: a call that is late while the event loop turns is itself at fault. When the loop is blocked or the process
 * ended, only a call that was alone is; several are interrupted, and then called alone.
 */
import type { CallResult, EventMessage, FromModule } from './messages.ts'
import { openModuleHost } from './module-host.ts'

export type CallEnd =
  | CallResult
  | {
      outcome: 'failed'
      code: 'handler_timed_out' | 'handler_process_ended'
      detail: string
      stack?: never
    }
  /** the process ended while several calls were under way, or for another one's fault */
  | { outcome: 'interrupted' }
  /** it was not called, or we stop: nobody's fault */
  | { outcome: 'not_called' }

export type HandlerCalls = {
  /** @returns false while no process can be had */
  ready(): Promise<boolean>
  call(event: EventMessage): Promise<CallEnd>
  /** ends the process while nothing is under way; the next call starts another */
  rest(): void
  /** lets calls under way end for a while, then ends them */
  close(): Promise<void>
}

export type HandlerCallsOptions = {
  path: string
  handler: string
  callMsMax: number
  closeMsMax: number
  onTrouble: (message: string) => void
}

/** An event loop that does not turn within this time is blocked. */
const PROBE_MS_MAX = 1_000

type UnderWay = { end: (end: CallEnd) => void; timer: NodeJS.Timeout }

export function openHandlerCalls(options: HandlerCallsOptions): HandlerCalls {
  const { handler, callMsMax, onTrouble } = options
  const underWay = new Map<number, UnderWay>()
  let lastNumber = 0
  let endedByUs = false
  let closing = false
  let whenEmpty = () => {}
  const late = new Set<number>()
  let probe: NodeJS.Timeout | undefined

  const finish = (number: number, end: CallEnd) => {
    const call = underWay.get(number)
    underWay.delete(number)
    late.delete(number)
    clearTimeout(call?.timer)
    call?.end(end)
    if (underWay.size === 0) whenEmpty()
  }
  const onMessage = (message: FromModule) => {
    if (message.kind === 'called') finish(message.number, message.result)
    if (message.kind === 'pong') endLate([...late])
    if (message.kind === 'stray_error') onTrouble(`a promise nobody waits for: ${message.message}`)
  }
  const onEnded = (how: string) => {
    clearTimeout(probe)
    probe = undefined
    const left = [...underWay.keys()]
    const toBlame = left.length === 1 && !endedByUs
    const detail = `the process ${how} during the call`
    for (const number of left) {
      if (closing) finish(number, { outcome: 'not_called' })
      else if (toBlame) finish(number, { outcome: 'failed', code: 'handler_process_ended', detail })
      else finish(number, { outcome: 'interrupted' })
    }
    if (!endedByUs && !closing) onTrouble(`its process ${how}`)
    endedByUs = false
  }
  const host = openModuleHost({
    path: options.path,
    onMessage,
    onEnded,
    onNotStarted: (error) => onTrouble(error instanceof Error ? error.message : String(error)),
  })
  const timeOut = (number: number) => {
    late.add(number)
    if (probe !== undefined) return
    probe = setTimeout(() => endLate(underWay.size === 1 ? [...late] : []), PROBE_MS_MAX)
    host.send({ kind: 'ping' })
  }
  const endLate = (toBlame: number[]) => {
    clearTimeout(probe)
    probe = undefined
    if (late.size === 0) return
    const detail = `no answer within ${callMsMax} ms`
    for (const number of toBlame) {
      finish(number, { outcome: 'failed', code: 'handler_timed_out', detail })
    }
    if (host.kill()) endedByUs = true
  }
  return {
    ready: host.ready,
    call: async (event) => {
      if (closing || !(await host.ready())) return { outcome: 'not_called' }
      const { promise, resolve } = Promise.withResolvers<CallEnd>()
      const number = ++lastNumber
      const timer = setTimeout(timeOut, callMsMax, number)
      underWay.set(number, { end: resolve, timer })
      host.send({ kind: 'call', number, handler, event })
      return promise
    },
    rest: () => {
      if (underWay.size === 0 && host.kill()) endedByUs = true
    },
    close: async () => {
      closing = true
      if (underWay.size > 0) {
        const { promise, resolve } = Promise.withResolvers<void>()
        whenEmpty = resolve
        const timer = setTimeout(resolve, options.closeMsMax)
        await promise
        clearTimeout(timer)
      }
      await host.close()
    },
  }
}
