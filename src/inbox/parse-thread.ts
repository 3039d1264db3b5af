/**
 * One thread for bodies that would block the event loop while parsed. Started by the first such body.
 *
 * Bounds: bodies waiting, time waiting, time per body (then the thread is replaced), the thread's memory.
 */
import { Worker } from 'node:worker_threads'
import { DomainError, type DomainErrorDetails, type ErrorCode } from '../domain/errors.ts'
import type { ProviderEventEnvelope } from '../domain/provider-event.ts'
import type { WebhookProviderName } from './webhook-providers.ts'

export type ParseJob = { provider: WebhookProviderName; body: Uint8Array }
export type ParseAnswer =
  | { envelope: ProviderEventEnvelope }
  | { error: { code: ErrorCode; details: DomainErrorDetails } }

export type ParseThread = AsyncDisposable & {
  /** `body` is copied; @throws DomainError what the body is at fault for, or `parser_overloaded` */
  parse(job: ParseJob): Promise<ProviderEventEnvelope>
  close(): Promise<void>
}

export type ParseThreadBounds = { parseMsMax: number; waitMsMax: number; waitingCountMax: number }
type Waiting = ParseJob & PromiseWithResolvers<ProviderEventEnvelope> & { timer: NodeJS.Timeout }

const WORKER_FILE = new URL('./parse-thread-worker.ts', import.meta.url)
// A body of 10 MB that is nothing but empty arrays needs about half of it.
const HEAP_MB_MAX = 512
const defaultBounds: ParseThreadBounds = {
  parseMsMax: 10_000,
  waitMsMax: 10_000,
  waitingCountMax: 64,
}

export function openParseThread(
  bounds: ParseThreadBounds = defaultBounds,
  file = WORKER_FILE,
): ParseThread {
  const waiting: Waiting[] = []
  let current: Waiting | undefined
  let worker: Worker | undefined

  const startThread = (): Worker => {
    const started = new Worker(file, { resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX } })
    started.on('message', (answer: ParseAnswer) => {
      if (worker === started) finishCurrent(answer)
    })
    started.on('error', (cause) => {
      if (worker === started) abandonThread(overloaded('the parser thread failed', cause))
    })
    // An idle parser must not keep the process alive. Last, because adding a listener takes the hold again.
    started.unref()
    return started
  }
  const finishCurrent = (answer: ParseAnswer) => {
    const done = current
    current = undefined
    clearTimeout(done?.timer)
    if ('envelope' in answer) done?.resolve(answer.envelope)
    else done?.reject(new DomainError(answer.error.code, answer.error.details))
    startNext()
  }
  const abandonThread = (reason: DomainError) => {
    const failed = current
    const dead = worker
    current = undefined
    worker = undefined
    clearTimeout(failed?.timer)
    failed?.reject(reason)
    void dead?.terminate()
    startNext()
  }
  const startNext = () => {
    if (current !== undefined) return
    const next = waiting.shift()
    if (next === undefined) return
    current = next
    worker ??= startThread()
    clearTimeout(next.timer)
    next.timer = setTimeout(
      () => abandonThread(overloaded('parsing took too long')),
      bounds.parseMsMax,
    )
    const copy = new Uint8Array(next.body)
    worker.postMessage({ provider: next.provider, body: copy }, [copy.buffer])
  }
  const giveUpWaiting = (job: Waiting) => {
    const index = waiting.indexOf(job)
    if (index !== -1) waiting.splice(index, 1)
    job.reject(overloaded('waited too long for the parser'))
  }

  const close = async () => {
    for (const job of waiting.splice(0)) {
      clearTimeout(job.timer)
      job.reject(overloaded('the server stops'))
    }
    const stopping = worker
    abandonThread(overloaded('the server stops'))
    await stopping?.terminate()
  }
  return {
    parse: (job) => {
      if (waiting.length >= bounds.waitingCountMax) {
        return Promise.reject(overloaded('too many bodies wait for the parser'))
      }
      const promise = Promise.withResolvers<ProviderEventEnvelope>()
      const timer = setTimeout(() => giveUpWaiting(entry), bounds.waitMsMax)
      const entry: Waiting = { ...job, ...promise, timer }
      waiting.push(entry)
      startNext()
      return promise.promise
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function overloaded(internal: string, cause?: unknown): DomainError {
  return new DomainError('parser_overloaded', { internal, cause, retryAfterSeconds: 5 })
}
