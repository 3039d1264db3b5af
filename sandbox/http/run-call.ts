/** Runs one call against the books: parameters, effect, stored answer, all in one entry. */
import type { Presenting } from '../present/presenting.ts'
import type { Books } from '../store/books.ts'
import { StripeError } from '../stripe/errors.ts'
import type { Reply } from '../stripe/operation.ts'
import type { Answer } from './answer.ts'
import type { Call } from './call.ts'
import { findStoredAnswer, type KeysInUse, toStoredAnswer } from './idempotency.ts'
import { Params } from './params.ts'
import { bodyOf, type Presented, presentFailure, presentReply } from './present-reply.ts'

export type Running = {
  readonly books: Books
  readonly inUse: KeysInUse
  /** aborted when the sandbox closes or is reset */
  readonly closing: AbortSignal
  presenting(): Presenting
  report(error: unknown): void
}

/** How a fault changes what a call does. */
export type Twist = {
  /** the effect happens, and the answer that is kept is this one */
  readonly failAfter?: boolean
  /** nothing happens, and the answer that is kept is an error */
  readonly failBefore?: boolean
  /** a read sees the world as it was then */
  readonly staleSinceMs?: number
}

const internalError = () => new StripeError(500, 'api_error', 'An unknown error occurred', {}, true)

export async function runCall(running: Running, call: Call, twist: Twist = {}): Promise<Answer> {
  const { books } = running
  const headers = { 'request-id': call.requestId }
  try {
    const stored = findStoredAnswer(books, running.inUse, call)
    if (stored !== undefined) {
      await books.flushed()
      const body = bodyOf(running.presenting(), stored)
      const replayed = { 'idempotent-replayed': 'true', 'original-request': stored.requestId }
      return { status: stored.status, body, headers: { ...headers, ...replayed } }
    }
    if (twist.failBefore) throw internalError()
    const presented = runOnce(running, call, twist)
    const body = bodyOf(running.presenting(), presented.presented)
    await presented.flushed
    return { status: presented.presented.status, body, headers }
  } catch (error) {
    if (!(error instanceof StripeError)) throw error
    const presented = presentFailure(running.presenting(), error, call.requestId)
    if (error.isStored && call.key !== undefined)
      await books.commit({ puts: [], ...toStoredAnswer(books, call, presented) })
    return { status: presented.status, body: bodyOf(running.presenting(), presented), headers }
  }
}

/** Synchronous from first to last, so that calls follow one another and none sees half of another. */
function runOnce(
  running: Running,
  call: Call,
  twist: Twist,
): { presented: Presented; flushed: Promise<void> | undefined } {
  const { books, presenting } = running
  const { operation, form, id, requestId, key } = call
  const params = new Params(form)
  const thisYear = new Date(books.clock.nowMs()).getUTCFullYear()
  const input = operation.read(params, { thisYear, apiVersion: call.apiVersion })
  params.assertAllRead()
  const tx = books.begin({ requestId, key: key ?? null })
  books.state.staleSinceMs = twist.staleSinceMs
  try {
    const reply = operation.run(tx, input, id)
    const entry = tx.finish()
    if (operation.method === 'GET')
      return { presented: presentReply(presenting(), call, reply), flushed: books.flushed() }
    let presented: Presented | undefined
    const flushed = books.commit(entry, () => {
      // The answer may be expanded, and then shows what this very call has made.
      presented = twist.failAfter
        ? presentFailure(presenting(), internalError(), requestId)
        : presentSafely(running, call, reply)
      return toStoredAnswer(books, call, presented)
    })
    if (presented === undefined) throw new Error('a commit presents its answer at once')
    return { presented, flushed }
  } finally {
    books.state.staleSinceMs = undefined
  }
}

/** The effect is there by now, so a path that cannot be expanded only spoils the answer. */
function presentSafely({ presenting }: Running, call: Call, reply: Reply): Presented {
  try {
    return presentReply(presenting(), call, reply)
  } catch (error) {
    if (!(error instanceof StripeError)) throw error
    return presentFailure(presenting(), error, call.requestId)
  }
}
