/** A module of a user's, and what its handlers were called with, for tests of how they are run. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openHandlerCalls } from '../../src/handlers/call-handler.ts'
import {
  type HandlerRunner,
  openHandlerRunner,
  type RunHandlerDeps,
  type SettledRun,
} from '../../src/handlers/run-handler.ts'
import { eventually } from './eventually.ts'
import type { EventBody, openInbox } from './inbox.ts'

export type Call = { handler: string; id: string; event: string; attempt: number; pid: number }

/** In scope of every module: `told` writes a call down, at once and for good. */
const prelude = (file: string) => `import { appendFileSync } from 'node:fs'
const told = (handler, event) => appendFileSync(${JSON.stringify(file)}, JSON.stringify({ handler,
  id: event.id, event: event.providerEventId, attempt: event.attempt, pid: process.pid }) + '\\n')
const every = (handler, handle) => ({ canHandle: () => true, handle: async (event) => {
  told(handler, event)
  return handle?.(event)
} })
`

export async function writeModule(source: string) {
  const folder = await mkdtemp(join(tmpdir(), 'payonce-handlers-'))
  const path = join(folder, 'handlers.mjs')
  const file = join(folder, 'calls.jsonl')
  writeFileSync(path, prelude(file) + source)
  const calls = (): Call[] =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as Call)
      : []
  return {
    path,
    folder,
    calls,
    callsOf: (event: string) => calls().filter((call) => call.event === event),
    signal: (name: string) => appendFileSync(join(folder, name), ''),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

const WAIT_MS = 20_000

type Inbox = Awaited<ReturnType<typeof openInbox>>

/** Runners of one handler as the app opens them; turns are taken by the test. */
export function openRunners(
  inbox: Inbox,
  path: string,
  handler: string,
  changed: Partial<RunHandlerDeps> & { callMsMax?: number; closeMsMax?: number } = {},
) {
  const settled: SettledRun[] = []
  const { callMsMax = 30_000, closeMsMax = 5_000, ...deps } = changed
  const trouble: string[] = []
  const [regular, suspects] = [false, true].map((isSuspects) =>
    openHandlerRunner({
      database: inbox.database,
      handler,
      suspects: isSuspects,
      countMax: isSuspects ? 1 : 8,
      retry: inbox.deps.retry,
      calls: openHandlerCalls({
        path,
        handler,
        callMsMax,
        closeMsMax,
        onTrouble: (message) => trouble.push(message),
      }),
      onSettled: (one) => settled.push(one),
      onError: (error) => {
        throw error
      },
      ...deps,
    }),
  ) as [HandlerRunner, HandlerRunner]
  const takeTurns = async () => {
    await regular.takeTurn()
    await suspects.takeTurn()
  }
  const close = async () => {
    await Promise.all([regular.close(), suspects.close()])
  }
  return {
    regular,
    suspects,
    settled,
    trouble,
    outcomes: () => settled.map((one) => `${one.run.providerEventId} ${one.outcome}`),
    takeTurns,
    /** takes turns until `check` holds */
    until: <T>(read: () => T | Promise<T>, check: (value: T) => boolean) => {
      const turn = async () => {
        await takeTurns()
        return read()
      }
      return eventually(turn, check, WAIT_MS)
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** A payment that succeeded, told by one event. */
export function succeeded(name: string, object: Record<string, unknown> = {}): EventBody {
  return {
    id: `evt_${name}`,
    type: 'payment_intent.succeeded',
    created: 1_750_000_000,
    data: {
      object: {
        id: `pi_${name}`,
        object: 'payment_intent',
        status: 'succeeded',
        amount: 500,
        amount_received: 500,
        currency: 'usd',
        ...object,
      },
    },
  }
}
