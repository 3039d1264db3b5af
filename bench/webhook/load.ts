import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { closeOnInterrupt } from '../support/interrupts.ts'
import type { LoadOrder } from './load-process.ts'
import type { LoadResult } from './send-load.ts'
import type { SignedRequests } from './signed-requests.ts'

export type Load = AsyncDisposable & {
  pid: number
  prepare: (options: SignedRequests) => Promise<void>
  send: (port: number, perSecond?: number) => Promise<LoadResult>
  /** makes the requests as it sends them */
  offer: (port: number, perSecond: number, options: SignedRequests) => Promise<LoadResult>
}

export function startLoad(): Load {
  const child = fork(join(import.meta.dirname, 'load-process.ts'), { serialization: 'advanced' })
  if (child.pid === undefined) throw new Error('the load process did not start')
  const askToSend = async (order: LoadOrder) => {
    const { result } = await ask(child, order)
    if (result === undefined) throw new Error('the load process gave no result')
    return result
  }
  const close = closeOnInterrupt(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  })
  return {
    pid: child.pid,
    prepare: async (options) => {
      await ask(child, { order: 'prepare', ...options })
    },
    send: (port, perSecond) =>
      askToSend({ order: 'send', port, ...(perSecond !== undefined && { perSecond }) }),
    offer: (port, perSecond, options) => askToSend({ order: 'offer', port, perSecond, ...options }),
    [Symbol.asyncDispose]: close,
  }
}

async function ask(child: ChildProcess, order: LoadOrder): Promise<{ result?: LoadResult }> {
  const patience = new AbortController()
  const { signal } = patience
  try {
    const answer = once(child, 'message', { signal })
    const end = once(child, 'exit', { signal }).then(() => {
      throw new Error('the load process ended')
    })
    child.send(order)
    const [message] = await Promise.race([answer, end])
    return message
  } finally {
    patience.abort()
  }
}
