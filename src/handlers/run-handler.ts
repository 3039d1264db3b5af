/**
 * Runs one handler of the user's: claims what it is owed, calls it, settles. Claim, call, record: no transaction is
 * open during a call. The claim is a lease of 20 s, renewed while the call lasts; every write after it carries its fence.
 */
import { setTimeout } from 'node:timers/promises'
import type { RetryPolicy } from '../inbox/spend-attempt.ts'
import type { Database } from '../store/db.ts'
import { type ClaimedRun, claimHandlerRuns, renewHandlerRuns } from '../store/handler-runs.ts'
import type { CallEnd, HandlerCalls } from './call-handler.ts'
import type { EventMessage } from './messages.ts'
import { type RunOutcome, settleRun } from './settle-run.ts'

export type SettledRun = { run: ClaimedRun; outcome: RunOutcome; end: CallEnd; seconds: number }

export type RunHandlerDeps = {
  database: Database
  handler: string
  calls: HandlerCalls
  retry: RetryPolicy
  /** true: only runs during which a process ended, one at a time; false: only the others */
  suspects: boolean
  /** calls under way at once */
  countMax: number
  leaseSeconds?: number
  onSettled: (settled: SettledRun) => void
  onError: (error: unknown) => void
}

export type HandlerRunner = {
  takeTurn(): Promise<'idle' | 'worked'>
  /** ends when every call under way is settled */
  close(): Promise<void>
}

const LEASE_SECONDS = 20
const RENEWALS_PER_LEASE = 4

export function openHandlerRunner(deps: RunHandlerDeps): HandlerRunner {
  const { database, handler, calls, suspects, countMax } = deps
  const leaseSeconds = deps.leaseSeconds ?? LEASE_SECONDS
  const running = new Map<string, { run: ClaimedRun; done: Promise<void> }>()
  let closed = false
  let turn: Promise<unknown> | undefined

  const renew = async () => {
    if (running.size === 0) return
    const held = [...running.values()].map(({ run: { id, fence } }) => ({ id, fence }))
    await renewHandlerRuns(database, held, leaseSeconds).catch(deps.onError)
  }
  const renewal = setInterval(renew, (leaseSeconds * 1000) / RENEWALS_PER_LEASE).unref()

  const runOne = async (run: ClaimedRun) => {
    const startedAt = performance.now()
    try {
      const message = messageOf(run)
      const end: CallEnd = message === undefined ? archived : await calls.call(message)
      const seconds = (performance.now() - startedAt) / 1000
      const outcome = await settleRun(database, run, end, deps.retry)
      deps.onSettled({ run, outcome, end, seconds })
    } catch (error) {
      // Its lease runs out, and then it is called again.
      deps.onError(error)
    } finally {
      running.delete(keyOf(run))
    }
  }
  const takeTurn = async (): Promise<'idle' | 'worked'> => {
    // Suspects are rare: their process is started once there is one, and ended when there is none.
    if (!suspects && !(await calls.ready())) return 'idle'
    if (running.size >= countMax) {
      await Promise.race([...running.values()].map(({ done }) => done).concat(pause()))
    }
    if (closed) return 'idle'
    if (running.size >= countMax) return 'worked'
    const claimed = await claimHandlerRuns(database, {
      handler,
      suspects,
      countMax: countMax - running.size,
      leaseSeconds,
    })
    // By its fence as well: a run whose lease was lost while this process stood still may be claimed by it again.
    for (const run of claimed) running.set(keyOf(run), { run, done: runOne(run) })
    if (suspects && running.size === 0) calls.rest()
    return claimed.length > 0 ? 'worked' : 'idle'
  }
  return {
    takeTurn: () => {
      if (closed) return Promise.resolve('idle')
      const taken = takeTurn()
      turn = taken.catch(() => {})
      return taken
    },
    close: async () => {
      closed = true
      await calls.close()
      await turn
      await Promise.all([...running.values()].map(({ done }) => done))
      clearInterval(renewal)
    },
  }
}

/** A turn never lasts as long as a call: a duty whose turns are long looks like one that stands still. */
const TURN_MS_MAX = 1_000
const pause = () => setTimeout(TURN_MS_MAX, undefined, { ref: false })

const keyOf = ({ id, fence }: ClaimedRun) => `${id} ${fence}`

const archived: CallEnd = {
  outcome: 'failed',
  code: 'event_unreadable',
  detail: 'the payload is archived',
}

function messageOf(run: ClaimedRun): EventMessage | undefined {
  const { body } = run
  if (body === null) return undefined
  return {
    id: run.inboxEventId,
    providerEventId: run.providerEventId,
    provider: run.provider,
    providerAccountId: run.providerAccountId,
    type: run.type,
    apiVersion: run.apiVersion,
    merchantId: run.merchantId,
    livemode: run.livemode,
    createdAt: run.createdAt.toISOString(),
    receivedAt: run.receivedAt.toISOString(),
    status: run.status,
    paymentId: run.paymentId,
    requestId: run.requestId,
    correlationId: run.correlationId,
    traceparent: run.traceparent,
    attempt: run.attemptCount + 1,
    body,
  }
}
