import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'

/** What is known about the work at hand; every log line written meanwhile carries it, under these names. */
export type RequestContext = {
  request_id?: string
  correlation_id?: string
  user_id?: string
  payment_id?: string
  trace_id?: string
}

const storage = new AsyncLocalStorage<RequestContext>()

/** Runs the work, and everything it awaits, within a context of its own; an outer context shows through. */
export function runWithContext<T>(context: RequestContext, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...context }, work)
}

/** Adds what became known on the way (the payment, say) to the current context; without one it does nothing. */
export function extendContext(context: RequestContext): void {
  const current = storage.getStore()
  if (current !== undefined) Object.assign(current, context)
}

/** A copy of the current context; empty outside of any. */
export function currentContext(): RequestContext {
  return { ...storage.getStore() }
}

export function newRequestId(): string {
  return `req_${randomUUID().replaceAll('-', '')}`
}

const REQUEST_ID_LENGTH_MAX = 128

/** The caller's `X-Request-Id` when it is safe to echo and to log, otherwise a new id. */
export function acceptRequestId(header: string | undefined): string {
  const given = header ?? ''
  const safe = given.length <= REQUEST_ID_LENGTH_MAX && /^[\w.:/+=-]+$/.test(given)
  return safe ? given : newRequestId()
}
